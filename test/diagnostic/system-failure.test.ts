// What the operating system refuses gets a code and the name of the file; what is no such error stays as it is.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Failure, systemFailure } from '../../src/diagnostic/index.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a refused system call is a failure with a code, and names call and file', () => {
  const failure = systemFailure(thrownBy(() => mkdirSync(tmpdir())));
  assert.ok(failure instanceof Failure);
  assert.equal(failure.code, 'run/system-refused');
  assert.match(failure.message, /^the call `mkdir` of `.*` failed: EEXIST/);
  const missing = systemFailure(thrownBy(() => readFileSync('/nowhere/at/all')));
  assert.match(
    String(missing),
    /the call `open` of `\/nowhere\/at\/all` failed: there is no such file or folder$/m,
  );
  const folder = systemFailure(thrownBy(() => readFileSync(tmpdir())));
  assert.match(String(folder), /the call `read` failed|the call `read` of/);
});

test('failures, and errors of programs, come back as they are', () => {
  const defect = new TypeError('x is not a function');
  const known = new Failure('run/timeout', 'too long');
  const wrong = thrownBy(() => readFileSync(1e9 as never, 'nonsense' as never));
  for (const error of [defect, known, wrong, 'text']) assert.equal(systemFailure(error), error);
});

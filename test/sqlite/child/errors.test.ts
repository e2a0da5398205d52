import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFailure } from '../../../src/sqlite/child/errors.ts';

/** As node:sqlite throws it. */
function sqliteError(errcode: number, message: string, errstr = message): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode, errstr });
}

const at = { path: '/nowhere/app.db', busyTimeoutMs: 1500 };

// Codes that need broken hardware or a lost race; the others come from real files in test/target/sqlite.
for (const [errcode, message, code, said] of [
  [10 | (3 << 8), 'disk I/O error', 'target/io-error', /failed to read or write .*disk I\/O error/],
  [10, 'not an error', 'target/io-error', /result code 10/],
  [8 | (4 << 8), 'attempt to write a readonly database', 'target/replaced', /moved or replaced/],
  [8, 'attempt to write a readonly database', 'target/read-only', /read-only/],
  [13, 'database or disk is full', 'target/disk-full', /no room/],
  [5, 'database is locked', 'target/locked', /locked by another process; waited 1\.5 s/],
  [14, 'unable to open database file', 'target/unreadable', /cannot be opened/],
  [1, 'not an error', 'sqlite/syntax', /result code 1/],
] as const) {
  test(`result code ${errcode} (${message}) is ${code}, with state and fix`, () => {
    const failure = asFailure(sqliteError(errcode, message, message), at);
    assert.equal(failure.code, code);
    assert.match(failure.message, said);
    assert.doesNotMatch(failure.message, /not an error/);
    assert.ok(failure.state && failure.fix);
  });
}

test('anything else is a defect, with its stack', () => {
  const failure = asFailure(new TypeError('oops'), at);
  assert.equal(failure.code, 'internal/defect');
  assert.match(failure.stack ?? '', /TypeError: oops/);
});

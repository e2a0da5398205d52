import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../../src/diagnostic/index.ts';
import { loadSource } from '../../src/document/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-source-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function failureOf(path: string): Failure {
  try {
    loadSource(path, 'shown.yaml');
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error;
  }
  return assert.fail('nothing was thrown');
}

describe('loading a file', () => {
  test('skips a byte order mark', () => {
    const path = file('bom.yaml', '\ufeffa: 1\n');
    assert.deepEqual(loadSource(path, 'shown.yaml'), { file: 'shown.yaml', text: 'a: 1\n' });
  });

  test('refuses what is not UTF-8, naming the line', () => {
    const failure = failureOf(file('latin1.yaml', Buffer.from('a: 1\nb: caf\xe9\n', 'latin1')));
    assert.equal(failure.code, 'document/not-utf8');
    assert.equal(failure.place?.line, 2);
  });

  test('says when it is UTF-16', () => {
    const failure = failureOf(file('utf16.yaml', Buffer.from('\ufeffa: 1\n', 'utf16le')));
    assert.equal(failure.code, 'document/not-utf8');
    assert.match(failure.message, /UTF-16/);
  });

  test('takes a file of 1 MiB and refuses one byte more', () => {
    const most = file('most.yaml', `a: ${'x'.repeat(1024 * 1024 - 3)}`);
    assert.equal(loadSource(most, 'x').text.length, 1024 * 1024);
    assert.equal(failureOf(file('more.yaml', 'x'.repeat(1024 * 1024 + 1))).code, 'document/too-large');
  });

  test('says that a file does not exist, is a folder, or is a device', () => {
    assert.match(failureOf(join(folder, 'none.yaml')).message, /^`shown.yaml` does not exist$/);
    assert.match(failureOf(folder).message, /is a folder/);
    assert.match(failureOf('/dev/null').message, /not an ordinary file/);
    assert.equal(failureOf(folder).code, 'document/unreadable');
  });

  test('follows a symbolic link', () => {
    symlinkSync(file('real.yaml', 'a: 1\n'), join(folder, 'link.yaml'));
    assert.equal(loadSource(join(folder, 'link.yaml'), 'x').text, 'a: 1\n');
  });

  test('a file of a project must not lead out of it; one that is named may lie anywhere', () => {
    const inside = join(folder, 'project');
    mkdirSync(join(inside, 'runbooks'), { recursive: true });
    const outside = file('secret.yaml', 'a: 1\n');
    const link = join(inside, 'runbooks', 'link.yaml');
    symlinkSync(outside, link);
    assert.throws(() => loadSource(link, 'runbooks/link.yaml', inside), { code: 'document/outside-project' });
    assert.equal(loadSource(outside, 'x', inside).text, 'a: 1\n');
    symlinkSync('link-target.yaml', join(inside, 'runbooks', 'within.yaml'));
    writeFileSync(join(inside, 'runbooks', 'link-target.yaml'), 'b: 1\n');
    assert.equal(loadSource(join(inside, 'runbooks', 'within.yaml'), 'x', inside).text, 'b: 1\n');
    // A checkout is one project, however deep its belay.yaml lies.
    mkdirSync(join(folder, '.git'));
    assert.equal(loadSource(link, 'x', inside).text, 'a: 1\n');
    rmSync(join(folder, '.git'), { recursive: true });
  });

  test('does not wait for a pipe', () => {
    const pipe = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [pipe]);
    assert.match(failureOf(pipe).message, /not an ordinary file/);
  });

  test('says that it may not read a file', { skip: process.getuid?.() === 0 }, () => {
    const path = file('private.yaml', 'a: 1\n');
    chmodSync(path, 0o000);
    assert.match(failureOf(path).message, /permission denied/);
  });
});

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../src/diagnostic/index.ts';
import { thisProcess } from '../../src/process/index.ts';
import { openLocalStore, storeFailure } from '../../src/store/index.ts';

const isFailure = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function publishOne(path: string, group: string, id: string): Promise<void> {
  const store = openLocalStore('local', path);
  const staged = await store.stage(group, id);
  writeFileSync(join(staged, 'manifest.json'), '{}');
  writeFileSync(join(staged, 'data'), '12345');
  await store.publish(group, id, staged);
}

test('an entry is invisible while it is built, whole once published, gone once removed', async (t) => {
  const path = join(folderFor(t), 'new', 'store');
  const store = openLocalStore('local', path);
  assert.deepEqual(await store.groups(), []);
  const staged = await store.stage('app', 'bak-1');
  writeFileSync(join(staged, 'manifest.json'), '{"a": 1}');
  assert.deepEqual(await store.entries('app'), []);
  await store.publish('app', 'bak-1', staged);
  await publishOne(path, 'app', 'bak-0');
  assert.deepEqual(await store.groups(), ['app']);
  assert.deepEqual(await store.entries('app'), ['bak-0', 'bak-1']);
  assert.deepEqual(await store.files('app', 'bak-1'), [{ name: 'manifest.json', sizeBytes: 8 }]);
  assert.equal(await store.readText('app', 'bak-1', 'manifest.json'), '{"a": 1}');
  await store.remove('app', 'bak-1');
  assert.deepEqual(await store.entries('app'), ['bak-0']);
  assert.deepEqual(readdirSync(join(path, 'app')), ['bak-0']);
  assert.ok((await store.freeBytes()) > 0);
});

test('an entry is never published over another', async (t) => {
  const path = folderFor(t);
  await publishOne(path, 'app', 'bak-1');
  await assert.rejects(publishOne(path, 'app', 'bak-1'), isFailure('store/unwritable'));
});

test('a leftover goes when its process is dead, and stays while it lives or cannot be known', async (t) => {
  const path = folderFor(t);
  const group = join(path, 'app');
  const self = thisProcess();
  const name = (pid: number, start: string, host: string) =>
    `.staging-${['bak-1', String(pid), start, host].map(encodeURIComponent).join('~')}`;
  const alive = name(self.pid, self.processStart, self.host);
  const dead = name(self.pid, 'another boot:1', self.host);
  const elsewhere = name(1, 'x', 'another-host');
  const longAgo = name(2, 'x', 'another-host');
  for (const folder of [alive, dead, elsewhere, longAgo, '.removed-bak-9', '.git'])
    mkdirSync(join(group, folder), { recursive: true });
  utimesSync(join(group, longAgo), new Date(0), new Date(0));
  await publishOne(path, 'app', 'bak-2');
  assert.deepEqual(readdirSync(group).sort(), [alive, elsewhere, '.git', 'bak-2'].sort());
});

test('names that lead out of the store are refused', async (t) => {
  const store = openLocalStore('local', folderFor(t));
  for (const name of ['..', '.', '', 'a/b', 'a\\b', '.staging-x', 'a\0b'])
    await assert.rejects(
      store.readText('app', name, 'manifest.json'),
      isFailure('store/unreadable'),
      JSON.stringify(name),
    );
});

test('a typed path that does not exist is an error, a configured one an empty store', async (t) => {
  const path = join(folderFor(t), 'nowhere');
  assert.deepEqual(await openLocalStore('local', path).groups(), []);
  await assert.rejects(
    openLocalStore('typed', path, { mustExist: true }).groups(),
    isFailure('store/unreadable'),
  );
});

test('a folder without permission is said to be unreadable or unwritable', {
  skip: process.getuid?.() === 0 && 'root may do everything',
}, async (t) => {
  const path = folderFor(t);
  await publishOne(path, 'app', 'bak-1');
  chmodSync(join(path, 'app'), 0o000);
  await assert.rejects(openLocalStore('local', path).entries('app'), isFailure('store/unreadable'));
  chmodSync(join(path, 'app'), 0o500);
  await assert.rejects(publishOne(path, 'app', 'bak-2'), isFailure('store/unwritable'));
  chmodSync(join(path, 'app'), 0o700);
});

test('what the file system says becomes a code, and a defect stays a defect', () => {
  const told = (code: string) => storeFailure(Object.assign(new Error(code), { code }), '/store', 'write');
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) assert.ok(isFailure('store/no-room')(told(code)));
  for (const code of ['EACCES', 'EROFS', 'EPERM', 'ENOENT', 'EIO'])
    assert.ok(isFailure('store/unwritable')(told(code)));
  const defect = new TypeError('x is not a function');
  assert.equal(storeFailure(defect, '/store', 'write'), defect);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';
import {
  ask,
  endless,
  failure,
  isAlive,
  items,
  makeLease,
  openWriter,
  place,
  run,
  until,
} from './support.ts';

const longUpdate =
  'UPDATE items SET n = (SELECT count(*) FROM items AS a, items AS b WHERE a.n + b.n > items.n)';
const limits = { maxRows: 1, maxBytes: 100 };

test('an aborted call ends the child at once, and the next call starts another', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session, pids } = await openWriter(t, at);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 200);
  const started = performance.now();
  const error = await failure(session.query({ sql: endless }, limits, { signal: abort.signal }));
  assert.equal(error.code, 'target/stopped');
  assert.ok(performance.now() - started < 5000);
  assert.equal(isAlive(pids[0] ?? 0), false);
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
  assert.equal(pids.length, 2);
});

test('every call in flight is told that the work was stopped', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  const abort = new AbortController();
  const first = failure(session.query({ sql: endless }, limits, { signal: abort.signal }));
  const second = failure(session.counts());
  setTimeout(() => abort.abort(), 100);
  assert.deepEqual([(await first).code, (await second).code], ['target/stopped', 'target/stopped']);
});

for (const mode of ['WAL', 'DELETE']) {
  test(`a long UPDATE that is stopped commits nothing and leaves the database whole (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session, announced } = await openWriter(t, at);
    const error = await failure(
      session.execute([{ sql: longUpdate }], 'change', { signal: AbortSignal.timeout(300) }),
    );
    assert.equal(error.code, 'target/stopped');
    assert.equal(announced.length, 0);
    assert.deepEqual((await session.check('integrity')).problems, []);
    await session.close();
    assert.equal(ask(at.path, 'SELECT sum(n) FROM items'), 500_500);
  });
}

test('a call with an aborted signal starts nothing', async (t) => {
  const at = place(t, items);
  const { session, pids } = await openWriter(t, at);
  assert.equal(
    (await failure(session.counts(undefined, { signal: AbortSignal.abort() }))).code,
    'target/stopped',
  );
  assert.deepEqual((await session.counts()).length, 1);
  assert.equal(pids.length, 1);
});

test('close ends the child and may be called twice; a closed session stays closed', async (t) => {
  const at = place(t, items);
  const { session, pids } = await openWriter(t, at);
  await session.close();
  await session.close();
  assert.equal(isAlive(pids[0] ?? 0), false);
  assert.equal((await failure(session.counts())).code, 'target/stopped');
});

test('the signals of a terminal do not end the child; the engine decides', async (t) => {
  const at = place(t, items);
  const { session, pids } = await openWriter(t, at);
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.kill(pids[0] ?? 0, signal);
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
  assert.equal(pids.length, 1);
});

test('a child that dies by itself is named, with what that means for the data', async (t) => {
  const at = place(t, items);
  const { session, pids } = await openWriter(t, at);
  const lost = failure(session.query({ sql: endless }, limits));
  setTimeout(() => process.kill(pids[0] ?? 0, 'SIGKILL'), 100);
  const error = await lost;
  assert.equal(error.code, 'sqlite/child-lost');
  assert.match(error.message, /SIGKILL/);
  assert.match(error.state ?? '', /rolled back/);
});

// An engine of its own, so that it can be killed: opens a session and starts a statement that takes long.
const engine = `
  import { sqliteDriver } from ${JSON.stringify(new URL('../../../src/target/sqlite/index.ts', import.meta.url).href)};
  const [path, scratch, sql] = process.argv.slice(2);
  const session = await sqliteDriver.openForWriting(
    { name: 'db', driver: 'sqlite', path, expect: 'ok', store: { name: 's', path: '/' } },
    { busyTimeoutMs: 0, scratchFolder: scratch, lease: { path: path + '.belay-lock', token: 7 },
      announce: async () => {}, committed: () => {}, onProcess: ({ pid }) => console.log(pid) });
  if (sql === 'VACUUM') { setTimeout(() => console.log('busy'), 100); await session.vacuum(); }
  else { setTimeout(() => console.log('busy'), 300); await session.execute([{ sql }], 'change'); }
  console.log('done');
`;

for (const [title, sql] of [
  ['a long UPDATE', longUpdate],
  ['VACUUM', 'VACUUM'],
] as const) {
  test(`kill -9 of the engine during ${title}: the child ends with it and nothing commits`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
    if (sql === 'VACUUM')
      run(
        at.path,
        'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 60000) INSERT INTO items SELECT NULL, x, hex(randomblob(500)) FROM c',
      );
    const before = ask(at.path, 'SELECT sum(n) FROM items');
    makeLease(`${at.path}.belay-lock`, 7);
    const parent = spawn(
      process.execPath,
      ['--input-type=module-typescript', '-', at.path, at.scratch, sql],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    t.after(() => void parent.kill('SIGKILL'));
    parent.stdin.end(engine);
    let said = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until(() => said.includes('busy'), 'the statement to be under way', 30_000);
    assert.doesNotMatch(said, /done/);
    const child = Number(said.split('\n')[0]);
    assert.ok(isAlive(child));
    parent.kill('SIGKILL');
    await until(() => !isAlive(child), 'the child to die with its engine', 20_000);
    assert.equal(ask(at.path, 'SELECT sum(n) FROM items'), before);
    assert.equal(ask(at.path, 'PRAGMA integrity_check'), 'ok');
  });
}

test('a child without the lease of its run does not open the target', async (t) => {
  const at = place(t, items);
  const open = (lease: { path: string; token: number }) =>
    sqliteDriver.openForWriting(at.spec, {
      busyTimeoutMs: 0,
      scratchFolder: at.scratch,
      lease,
      announce: async () => {},
      committed: () => {},
    });
  makeLease(`${at.path}.belay-lock`, 8);
  const other = await failure(open({ path: `${at.path}.belay-lock`, token: 7 }));
  assert.equal(other.code, 'target/lease-lost');
  assert.match(other.message, /token 8.*given 7/);
  assert.equal((await failure(open({ path: `${at.path}.none`, token: 7 }))).code, 'target/lease-lost');
});

test('while the child lives nobody can take the lease', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  assert.throws(() => run(`${at.path}.belay-lock`, 'BEGIN EXCLUSIVE'), /locked/);
  await session.close();
  run(`${at.path}.belay-lock`, 'BEGIN EXCLUSIVE');
});

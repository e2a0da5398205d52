import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TargetCondition } from '../../../src/target/facts.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';
import { failure, holder, items, openWriter, type Place, place, run } from './support.ts';

const cases: readonly [string, (at: Place) => void, string, TargetCondition, RegExp][] = [
  ['that is missing', () => {}, 'target/missing', 'missing', /`.*app\.db` does not exist/],
  ['that is empty', ({ path }) => writeFileSync(path, ''), 'target/empty', 'empty', /0 bytes/],
  [
    'that is a directory',
    ({ path }) => mkdirSync(path),
    'target/directory',
    'not-a-database',
    /is a directory/,
  ],
  [
    'that is text',
    ({ path }) => writeFileSync(path, 'hello world\n'.repeat(400)),
    'target/not-a-database',
    'not-a-database',
    /does not begin with/,
  ],
  [
    'that is short',
    ({ path }) => writeFileSync(path, 'SQLite format 3\0'),
    'target/not-a-database',
    'not-a-database',
    /not a SQLite database/,
  ],
  [
    'that is encrypted',
    ({ path }) => writeFileSync(path, randomBytes(8192)),
    'target/encrypted',
    'encrypted',
    /encrypted or not a database/,
  ],
  [
    'that was cut off',
    ({ path }) => {
      run(path, items);
      truncateSync(path, 8192);
    },
    'target/truncated',
    'corrupt',
    /cut off: its header says/,
  ],
  [
    'that is damaged',
    ({ path }) => {
      run(path, items);
      damage(path);
    },
    'target/corrupt',
    'corrupt',
    /is damaged/,
  ],
  [
    'behind a link to nothing',
    ({ path }) => symlinkSync('/nowhere/at/all', path),
    'target/missing',
    'missing',
    /symbolic link to a file that does not exist/,
  ],
  [
    'with a second hard link',
    ({ path }) => {
      run(path, items);
      linkSync(path, `${path}.too`);
    },
    'target/hard-link',
    'unreadable',
    /2 names \(hard links\)/,
  ],
  [
    'that is a device',
    ({ path }) => symlinkSync('/dev/null', path),
    'target/not-a-database',
    'not-a-database',
    /not a regular file/,
  ],
];

/** Garbage in the schema page behind its header, which is found as soon as the schema is read. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 100, 4096);
  writeFileSync(path, bytes);
}

for (const [title, make, code, condition, message] of cases) {
  test(`a target ${title} has its own clear error, in runs, plans and probes`, async (t) => {
    const at = place(t);
    make(at);
    const options = { busyTimeoutMs: 0, scratchFolder: at.scratch };
    const facts = await sqliteDriver.probe(at.spec);
    assert.equal(facts.condition, condition);
    assert.equal(facts.problem?.code, code);
    for (const open of [
      () => sqliteDriver.openForReading(at.spec, options),
      () => sqliteDriver.openPure(at.spec, at.scratch),
      () => openWriter(t, at),
    ]) {
      const error = await failure(open());
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /not an error/);
      assert.ok(error.state && error.fix);
    }
  });
}

test('a symbolic link is followed, and the real path is the key', async (t) => {
  const at = place(t, items);
  const link = join(at.folder, 'link.db');
  symlinkSync(at.path, link);
  const facts = await sqliteDriver.probe({ ...at.spec, path: link });
  assert.equal(facts.condition, 'ok');
  assert.equal(facts.identity?.realPath, at.path);
});

for (const lock of ['EXCLUSIVE', 'IMMEDIATE']) {
  test(`a target locked by BEGIN ${lock} of another program: waits as told, then says who`, async (t) => {
    const at = place(t, items);
    const { session } = await openWriter(t, at, { busyTimeoutMs: 300 });
    const other = await holder(t, at.path, `BEGIN ${lock}`);
    const started = performance.now();
    const error = await failure(session.execute([{ sql: 'DELETE FROM items' }], 'destroy'));
    assert.ok(performance.now() - started >= 290);
    assert.equal(error.code, 'target/locked');
    assert.match(error.message, new RegExp(`locked by \\S+ \\(pid ${other.pid}, write lock\\)`));
    assert.match(error.state ?? '', /nothing/);
  });
}

test('a target that is locked while it is opened says who, in WAL mode too', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session } = await openWriter(t, at, { busyTimeoutMs: 100 });
  const other = await holder(t, at.path, 'BEGIN IMMEDIATE');
  const error = await failure(session.execute([{ sql: 'DELETE FROM items' }], 'destroy'));
  assert.match(error.message, new RegExp(`pid ${other.pid}, write lock`));
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
});

test('a waiting writer goes on when the lock is released in time', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at, { busyTimeoutMs: 10_000 });
  const other = await holder(t, at.path, 'BEGIN EXCLUSIVE');
  setTimeout(() => other.kill('SIGKILL'), 200);
  assert.deepEqual(await session.execute([{ sql: 'DELETE FROM items' }], 'destroy'), { changes: [1000] });
});

// Root may do everything, so these open the database as another user, in a process of their own.
const nobody = 65_534;
const opener = `
  import { sqliteDriver } from ${JSON.stringify(new URL('../../../src/target/sqlite/index.ts', import.meta.url).href)};
  const [path, scratch, how] = process.argv.slice(2);
  process.setgid?.(${nobody}); process.setuid?.(${nobody});
  const spec = { name: 'db', driver: 'sqlite', path, expect: 'ok', store: { name: 's', path: '/' } };
  const options = { busyTimeoutMs: 0, scratchFolder: scratch, announce: async () => {}, committed: () => {} };
  try {
    const session = how === 'pure' ? await sqliteDriver.openPure(spec, scratch) : how === 'read' ? await sqliteDriver.openForReading(spec, options) : await sqliteDriver.openForWriting(spec, options);
    console.log(JSON.stringify({ rows: (await session.counts())[0].rows }));
    await session.close();
  } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })); }
`;

function openAsNobody(
  at: Place,
  how: 'pure' | 'read' | 'write',
): { rows?: number; code?: string; message?: string } {
  chmodSync(dirname(at.folder), 0o755);
  chownSync(at.scratch, nobody, nobody);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-', at.path, at.scratch, how],
    { input: opener, encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const asRoot = { skip: process.getuid?.() !== 0 && 'needs root to become another user' };

test(
  'permissions: unreadable, read-only file, read-only folder, WAL beside which -shm cannot be made',
  asRoot,
  (t: TestContext) => {
    const closed = place(t, items);
    chmodSync(closed.path, 0o600);
    assert.equal(openAsNobody(closed, 'read').code, 'target/unreadable');
    assert.match(openAsNobody(closed, 'pure').message ?? '', /permission denied/);

    const readOnly = place(t, items);
    assert.deepEqual(openAsNobody(readOnly, 'read'), { rows: 1000 });
    assert.equal(openAsNobody(readOnly, 'write').code, 'target/read-only');
    chownSync(readOnly.path, nobody, nobody);
    assert.match(openAsNobody(readOnly, 'write').message ?? '', /the folder `.*` is read-only/);

    const wal = place(t, `PRAGMA journal_mode = WAL; ${items}`);
    assert.equal(openAsNobody(wal, 'read').code, 'target/wal-needs-folder');
    assert.deepEqual(openAsNobody(wal, 'pure'), { rows: 1000 });
  },
);

test('run as root, the files beside a database of another user become that user’s', asRoot, async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  chownSync(at.path, nobody, nobody);
  const { session } = await openWriter(t, at);
  await session.execute([{ sql: 'DELETE FROM items WHERE id = 1' }], 'change');
  for (const suffix of ['', '-wal', '-shm']) assert.equal(statSync(at.path + suffix).uid, nobody, suffix);
});

for (const [mode, sidecar] of [
  ['WAL', '-wal'],
  ['DELETE', '-journal'],
] as const) {
  test(
    `run as root in journal mode ${mode}, a killed child leaves nothing that locks the owner out`,
    asRoot,
    async (t) => {
      const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
      chownSync(at.path, nobody, nobody);
      chownSync(dirname(at.path), nobody, nobody);
      let hasAnnounced: () => void = () => {};
      const announced = new Promise<void>((resolve) => {
        hasAnnounced = resolve;
      });
      const { session, pids } = await openWriter(t, at, {
        announce: () => {
          hasAnnounced();
          return new Promise(() => {});
        },
      });
      const stopped = session.execute([{ sql: 'DELETE FROM items WHERE id = 1' }], 'change');
      stopped.catch(() => {});
      await announced;
      process.kill(pids[0] ?? 0, 'SIGKILL');
      await assert.rejects(stopped);
      assert.equal(statSync(at.path + sidecar).uid, nobody);
      assert.deepEqual(openAsNobody(at, 'write'), { rows: 1000 });
    },
  );
}

test('a crashed writer’s journal is reported by a plan, and rolled back by SQLite in a run', async (t) => {
  const at = place(t, `PRAGMA cache_size = 1; ${items}`);
  const crashed = join(at.folder, 'crashed.db');
  const other = await holder(
    t,
    at.path,
    'PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE items SET t = hex(zeroblob(300))',
  );
  copyFileSync(at.path, crashed);
  copyFileSync(`${at.path}-journal`, `${crashed}-journal`);
  other.kill('SIGKILL');
  const spec = { ...at.spec, path: crashed };
  const facts = await sqliteDriver.probe(spec);
  assert.equal(facts.condition, 'needs-recovery');
  assert.match(facts.problem?.message ?? '', /hot journal/);
  const options = { busyTimeoutMs: 0, scratchFolder: at.scratch };
  assert.equal((await failure(sqliteDriver.openForReading(spec, options))).code, 'target/needs-recovery');
  const { session } = await openWriter(t, { ...at, path: crashed, spec });
  assert.deepEqual((await session.check('integrity')).problems, []);
  assert.equal(
    (
      await session.query(
        { sql: "SELECT count(*) AS n FROM items WHERE t LIKE 'row%'" },
        { maxRows: 1, maxBytes: 99 },
      )
    ).rows[0]?.n,
    1000,
  );
});

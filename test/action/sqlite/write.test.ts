import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdDatabase } from '../../acceptance/support.ts';
import { problems, workbench } from '../support.ts';

const jobs = `CREATE TABLE jobs(id INTEGER PRIMARY KEY, state TEXT);
  INSERT INTO jobs VALUES (1, 'new'), (2, 'new'), (3, 'done');`;

test('sqlite.execute runs all statements in one announced transaction', async (t) => {
  const { run, rows, commits } = await workbench(t, jobs);
  const { outputs, measures } = await run('sqlite.execute', {
    target: 'db',
    statements: [
      {
        sql: 'UPDATE jobs SET state = :to WHERE state = :from',
        params: { from: 'new', to: 'old' },
        changes: { max: 2 },
      },
      { sql: "INSERT INTO jobs VALUES (4, 'new')" },
    ],
  });
  assert.deepEqual(outputs, { changes: 3 });
  assert.deepEqual(measures, [{ name: 'changed', value: 3, unit: 'rows' }]);
  assert.equal(commits.length, 1);
  assert.equal(commits[0]?.effect, 'change');
  assert.equal(rows("SELECT * FROM jobs WHERE state = 'old'").length, 2);
});

test('sqlite.execute outside its bounds commits nothing', async (t) => {
  const { run, rows, commits } = await workbench(t, jobs);
  const sql = "UPDATE jobs SET state = 'x'";
  await assert.rejects(run('sqlite.execute', { target: 'db', sql, changes: { max: 1 } }), {
    code: 'sqlite/changes-out-of-bounds',
  });
  await assert.rejects(run('sqlite.execute', { target: 'db', sql, changes: { min: 9 } }), {
    code: 'sqlite/changes-out-of-bounds',
  });
  assert.equal(commits.length, 0);
  assert.equal(rows("SELECT * FROM jobs WHERE state = 'x'").length, 0);
});

test('sqlite.execute announces a statement that deletes as destroying', async (t) => {
  const { run, commits } = await workbench(t, jobs);
  await run('sqlite.execute', { target: 'db', sql: 'DELETE FROM jobs WHERE id = 3' });
  assert.equal(commits[0]?.effect, 'destroy');
  await run('sqlite.execute', { target: 'db', sql: 'CREATE TABLE a(x); INSERT INTO a VALUES (1)' });
  assert.equal(commits[1]?.effect, 'destroy');
});

test('sqlite.execute reads a file, strictly UTF-8', async (t) => {
  const { run, rows, folder } = await workbench(t, jobs);
  const file = join(folder, 'fix.sql');
  writeFileSync(
    file,
    "\ufeff-- more than one\nUPDATE jobs SET state = 'é';\nDELETE FROM jobs WHERE id = 1;\n",
  );
  assert.deepEqual((await run('sqlite.execute', { target: 'db', file })).outputs, { changes: 4 });
  assert.equal(rows("SELECT * FROM jobs WHERE state = 'é'").length, 2);
  writeFileSync(file, Buffer.from([0x53, 0xff]));
  await assert.rejects(run('sqlite.execute', { target: 'db', file }), {
    code: 'action/unreadable-file',
    message: `the SQL file \`${file}\` cannot be read: it is not UTF-8`,
  });
  await assert.rejects(run('sqlite.execute', { target: 'db', file: join(folder, 'none.sql') }), {
    code: 'action/unreadable-file',
  });
});

test('sqlite.execute takes exactly one source of SQL', () => {
  assert.deepEqual(problems('sqlite.execute', { target: 'db' }), [
    'expected exactly one of `sql`, `file`, `statements`, found none',
  ]);
  assert.deepEqual(problems('sqlite.execute', { target: 'db', sql: 'x', file: 'y' }), [
    'expected exactly one of `sql`, `file`, `statements`, found `sql` and `file`',
  ]);
  assert.deepEqual(problems('sqlite.execute', { target: 'db', statements: [], params: {} }), [
    '`params` beside `statements` belongs to none of them',
  ]);
  assert.deepEqual(problems('sqlite.execute', { target: 'db', sql: 'x', params: {} }), []);
});

test('a plan of sqlite.execute names the tables and rows that it would touch', async (t) => {
  const { preview, rows } = await workbench(t, jobs);
  const { lines, sql, changesSomething } = await preview('sqlite.execute', {
    target: 'db',
    sql: 'DELETE FROM jobs; DROP TABLE jobs',
  });
  assert.deepEqual(lines, ['deletes from `jobs`, which has 3 rows now', 'changes the schema']);
  assert.deepEqual(sql, ['DELETE FROM jobs;', 'DROP TABLE jobs']);
  assert.equal(changesSomething, true);
  assert.equal(rows('SELECT * FROM jobs').length, 3);
});

test('a plan of sqlite.execute says before the run what cannot be taken back row by row, and why', async (t) => {
  const filled = `CREATE TABLE big(id INTEGER PRIMARY KEY, body BLOB); CREATE TABLE loose(n);
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300)
      INSERT INTO big SELECT x, zeroblob(65536) FROM n;`;
  const { preview } = await workbench(t, filled);
  const linesOf = async (sql: string, params?: object): Promise<string> =>
    (
      await preview('sqlite.execute', { target: 'db', sql, ...(params === undefined ? {} : { params }) })
    ).lines.join('\n');
  assert.match(
    await linesOf('UPDATE big SET body = NULL WHERE id <= :most', { most: 290 }),
    /\ncannot be taken back row by row, only by restore: its rows are about 19 MB, more than the 17 MB that are kept$/,
  );
  assert.doesNotMatch(
    await linesOf('UPDATE big SET body = NULL WHERE id <= :most', { most: 9 }),
    /row by row/,
  );
  assert.match(await linesOf('INSERT INTO loose VALUES (1)'), /row by row.*`loose` has no primary key$/);
});

test('sqlite.checkpoint empties the log, and warns when a reader keeps it from that', async (t) => {
  const { run, path } = await workbench(t, jobs);
  await run('sqlite.execute', { target: 'db', sql: "UPDATE jobs SET state = 'x'" });
  const { outputs, warnings: own } = await run('sqlite.checkpoint', { target: 'db' });
  assert.equal(outputs.isComplete, true);
  assert.equal(outputs.walBytesAfter, 0);
  assert.equal(own, undefined);
  // In a process of its own: the engine's may open the file beside SQLite, which would drop the reader's locks.
  await using _reader = await holdDatabase(path, 'BEGIN; SELECT * FROM jobs');
  await run('sqlite.execute', { target: 'db', sql: "UPDATE jobs SET state = 'y'" });
  const blocked = await run('sqlite.checkpoint', { target: 'db' });
  assert.equal(blocked.outputs.isComplete, false);
  assert.match(blocked.warnings?.[0] ?? '', /^the write-ahead log of `db` could not be emptied/);
});

test('sqlite.analyze, optimize and reindex run and say how long', async (t) => {
  const { run, rows } = await workbench(t, `${jobs} CREATE INDEX by_state ON jobs(state)`);
  for (const verb of ['analyze', 'optimize', 'reindex']) {
    const { outputs } = await run(`sqlite.${verb}`, { target: 'db' });
    assert.ok(Number(outputs.durationMs) >= 0, verb);
  }
  assert.ok(rows('SELECT * FROM sqlite_stat1').length > 0);
});

test('sqlite.vacuum runs only above the threshold, and says why not', async (t) => {
  const { run, preview } = await workbench(
    t,
    `CREATE TABLE big(x); INSERT INTO big WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT randomblob(4000) FROM n;
     DELETE FROM big WHERE rowid > 100; PRAGMA wal_checkpoint(TRUNCATE);`,
  );
  const high = await run('sqlite.vacuum', { target: 'db', whenFreeAbove: 0.9 });
  assert.equal(high.outputs.ran, false);
  assert.match(
    String(high.outputs.reason),
    /^[\d.]+ % of the file is free pages, not more than 90 %: does not run$/,
  );
  assert.equal(
    (await preview('sqlite.vacuum', { target: 'db', whenFreeAbove: 0.9 })).changesSomething,
    false,
  );
  const low = await run('sqlite.vacuum', { target: 'db', whenFreeAbove: 0.25 });
  assert.equal(low.outputs.ran, true);
  assert.ok(Number(low.outputs.freedBytes) > 300_000);
  assert.equal((await run('sqlite.vacuum', { target: 'db', whenFreeAbove: 0.25 })).outputs.ran, false);
});

test('sqlite.configure changes what differs and nothing else', async (t) => {
  const { run, rows, preview } = await workbench(t, jobs);
  const settings = { target: 'db', journalMode: 'wal', autoVacuum: 'incremental', pageSize: 8192 };
  assert.deepEqual((await preview('sqlite.configure', settings)).lines, [
    'auto_vacuum: none → incremental',
    'page_size: 4096 → 8192',
  ]);
  const first = await run('sqlite.configure', settings);
  assert.deepEqual(first.outputs.changed, ['auto_vacuum: none → incremental', 'page_size: 4096 → 8192']);
  assert.deepEqual((await run('sqlite.configure', settings)).outputs.changed, []);
  assert.deepEqual({ ...(rows('PRAGMA page_size')[0] as object) }, { page_size: 8192 });
  assert.deepEqual({ ...(rows('PRAGMA journal_mode')[0] as object) }, { journal_mode: 'wal' });
  assert.deepEqual(problems('sqlite.configure', { target: 'db' }), [
    'expected `journalMode`, `autoVacuum` or `pageSize`, found none',
  ]);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/index.ts';
import { type MigrateRequest, migrate, previewMigrate } from '../../../src/operation/migrate/index.ts';
import { filesOnDisk } from '../../../src/project/index.ts';
import { failure, migrations } from '../../action/sqlite/migrate-support.ts';
import { contentOf, open, temporaryFolder, withDatabase } from './support.ts';

interface Bench {
  readonly path: string;
  readonly warnings: string[];
  readonly rehearseWith: (share: number) => Promise<unknown>;
  run(files: Readonly<Record<string, string>>, request?: Partial<MigrateRequest>): ReturnType<typeof migrate>;
  preview(files: Readonly<Record<string, string>>, maxBytes?: number): ReturnType<typeof previewMigrate>;
  rows(sql: string): unknown[];
}

async function bench(t: TestContext, sql: string): Promise<Bench> {
  const folder = temporaryFolder(t);
  const path = join(folder, 'app.db');
  withDatabase(path, (db) => db.exec(sql));
  const { session } = await open(folder, path);
  t.after(() => session.close());
  const warnings: string[] = [];
  const work = {
    now: new Date(),
    files: filesOnDisk,
    signal: new AbortController().signal,
    onProgress: () => {},
    warn: (message: string) => warnings.push(message),
  };
  const requestOf = (files: Readonly<Record<string, string>>): MigrateRequest => ({
    from: migrations(folder, files),
    direction: 'up',
    ledger: {},
  });
  return {
    path,
    warnings,
    rehearseWith: (share) => session.rehearse([], share),
    run: (files, request) => migrate(session, { ...requestOf(files), ...request }, work),
    preview: (files, maxBytes) =>
      previewMigrate(session, requestOf(files), systemClock.now(), filesOnDisk, maxBytes),
    rows: (query) =>
      withDatabase(path, (db) =>
        db
          .prepare(query)
          .all()
          .map((row) => ({ ...row })),
      ),
  };
}

const marked = (up: string, down: string): string => `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`;
const two = {
  '20250101_a.sql': marked('CREATE TABLE a(x);', 'DROP TABLE a;'),
  '20250102_b.sql': marked('CREATE TABLE b(x);', 'DROP TABLE b;'),
};

test('keeps the ledger of another tool: a version and nothing else, as dbmate does', async (t) => {
  const { run, rows, warnings } = await bench(
    t,
    "CREATE TABLE schema_migrations(version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20250101'); CREATE TABLE a(x);",
  );
  const ledger = { table: 'schema_migrations', name: 'version' };
  assert.deepEqual((await run(two, { ledger })).done, ['20250102_b.sql']);
  assert.deepEqual(rows('SELECT * FROM schema_migrations'), [
    { version: '20250101' },
    { version: '20250102' },
  ]);
  assert.match(warnings.join('\n'), /edits of applied files cannot be seen/);
  assert.deepEqual((await run(two, { ledger, direction: 'down' })).done, ['20250102_b.sql']);
  assert.deepEqual(rows('SELECT * FROM schema_migrations'), [{ version: '20250101' }]);
});

test('keeps the ledger of another tool: numbers in every column, as goose does', async (t) => {
  const { run, rows } = await bench(
    t,
    `CREATE TABLE goose_db_version(id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
     INSERT INTO goose_db_version(version_id, is_applied) VALUES (0, 1), (1, 1); CREATE TABLE a(x);`,
  );
  const files = {
    '00001_a.sql': '-- +goose Up\nCREATE TABLE a(x);',
    '00002_b.sql': '-- +goose Up\nCREATE TABLE b(x);\n-- +goose Down\nDROP TABLE b;',
  };
  const ledger = { table: 'goose_db_version', name: 'version_id', status: 'is_applied', appliedAt: 'tstamp' };
  assert.deepEqual((await run(files, { ledger })).done, ['00002_b.sql']);
  assert.deepEqual(
    rows('SELECT version_id, is_applied, typeof(version_id) AS t FROM goose_db_version WHERE id = 3'),
    [{ version_id: 2, is_applied: 1, t: 'integer' }],
  );
  assert.deepEqual((await run(files, { ledger, direction: 'down' })).done, ['00002_b.sql']);
  assert.deepEqual(rows('SELECT max(version_id) AS v FROM goose_db_version'), [{ v: 1 }]);
});

test('names new rows as the rows before them, and applies again what had failed', async (t) => {
  const { run, rows, warnings } = await bench(
    t,
    `CREATE TABLE migrations_applied(id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL UNIQUE, applied_at TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'success');
     INSERT INTO migrations_applied VALUES (1, '20250101_a', '2025-01-01', 'success'), (2, '20250102_b', '2025-01-02', 'failed'); CREATE TABLE a(x);`,
  );
  await run(two);
  assert.deepEqual(rows('SELECT filename, status FROM migrations_applied'), [
    { filename: '20250101_a', status: 'success' },
    { filename: '20250102_b', status: 'success' },
  ]);
  assert.match(warnings.join('\n'), /1 migration that failed or was taken back/);
});

test('goes up and down to a version, one at a time without one', async (t) => {
  const files = { ...two, '20250103_c.sql': marked('CREATE TABLE c(x);', 'DROP TABLE c;') };
  const { run, rows, warnings } = await bench(t, 'CREATE TABLE first(x);');
  const up = await run(files, { to: '20250102' });
  assert.deepEqual([up.done, up.pending], [['20250101_a.sql', '20250102_b.sql'], ['20250103_c.sql']]);
  await run(files);
  assert.deepEqual((await run(files, { to: '20250101_a' })).done, []);
  assert.match(warnings.join('\n'), /`20250103_c.sql` is applied already, which lies after `to`/);
  assert.deepEqual((await run(files, { direction: 'down' })).done, ['20250103_c.sql']);
  const down = await run(files, { direction: 'down', to: '0' });
  assert.deepEqual(down.done, ['20250102_b.sql', '20250101_a.sql']);
  assert.deepEqual(down.pending, Object.keys(files));
  assert.deepEqual(rows('SELECT count(*) AS n FROM migrations_applied'), [{ n: 0 }]);
  assert.deepEqual((await run(files, { direction: 'down' })).done, []);
});

test('a ledger that forgets what is written to it stops the migration before its COMMIT', async (t) => {
  const { run, path } = await bench(
    t,
    'CREATE TABLE migrations_applied(filename TEXT); CREATE TRIGGER f AFTER INSERT ON migrations_applied BEGIN DELETE FROM migrations_applied; END;',
  );
  const before = contentOf(path);
  const error = await failure(run(two));
  assert.equal(error.code, 'migrate/ledger-shape');
  assert.match(error.message, /`20250101_a.sql` on a copy: the ledger .* does not keep/);
  assert.equal(contentOf(path), before);
});

test('a database that is damaged already is found on the copy', async (t) => {
  const { run, path } = await bench(
    t,
    'CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (1), (2); CREATE INDEX i ON t(x);',
  );
  withDatabase(path, (db) => {
    db.enableDefensive(false);
    db.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(-x)' WHERE name = 'i'",
    );
  });
  const error = await failure(run(two));
  assert.equal(error.code, 'migrate/damaged');
  assert.match(error.state ?? '', /not touched/);
});

test('a preview tells what each file would do, and changes nothing', async (t) => {
  const { preview, path } = await bench(t, 'CREATE TABLE t(x); INSERT INTO t VALUES (1), (2);');
  const before = contentOf(path);
  const files = {
    '1.sql': 'CREATE TABLE a(x); INSERT INTO a SELECT x FROM t;',
    '2.sql': 'UPDATE t SET x = 3 WHERE x = 1; DELETE FROM t WHERE x = 2;',
  };
  const found = await preview(files);
  assert.deepEqual(
    [found.isSimulated, found.lines],
    [
      true,
      [
        'applies `1.sql`: + table a, `a` 2 rows added',
        'applies `2.sql`: `t` 1 row changed and 1 row removed',
      ],
    ],
  );
  const large = await preview(files, 0);
  assert.deepEqual([large.isSimulated, large.steps], [false, ['1.sql', '2.sql']]);
  assert.match(large.lines.at(-1) ?? '', /^not tried on a copy: the database is larger than/);
  assert.equal(contentOf(path), before);
});

test('a rehearsal that would not fit is refused before it copies', async (t) => {
  const { rehearseWith } = await bench(t, 'CREATE TABLE t(x);');
  assert.equal((await failure(rehearseWith(0))).code, 'target/no-room');
});

test('what somebody else writes between the copy and the database can still stop a file, and the state is said', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'app.db');
  withDatabase(path, (db) => db.exec('CREATE TABLE first(x);'));
  const { session } = await open(folder, path);
  t.after(() => session.close());
  const from = migrations(folder, {
    '1.sql': 'CREATE TABLE a(x UNIQUE);',
    '2.sql': 'INSERT INTO a VALUES (1);',
  });
  const error = await failure(
    migrate(
      session,
      { from, direction: 'up', ledger: {} },
      {
        now: new Date(),
        files: filesOnDisk,
        signal: new AbortController().signal,
        warn: () => {},
        // Said directly before the file is applied to the database itself.
        onProgress: ({ message }) => {
          if (message === '2.sql') withDatabase(path, (db) => db.exec('INSERT INTO a VALUES (1)'));
        },
      },
    ),
  );
  assert.equal(error.code, 'migrate/statement-failed');
  assert.match(error.message, /^`2.sql`: UNIQUE constraint failed: a.x/);
  assert.equal(error.state, 'nothing of `2.sql` is committed; committed before it: `1.sql`');
  assert.equal(error.place?.line, 1);
});

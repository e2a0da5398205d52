// What a folder, a ledger or a statement may not be. Each is said before the database is touched.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workbench } from '../support.ts';
import { failure, migrations } from './migrate-support.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;
const ok = 'CREATE TABLE a(x);';
const down = '-- migrate:up\nCREATE TABLE a(x);\n-- migrate:down\nDROP TABLE a;';

const cases: Readonly<
  Record<string, readonly [files: Files, code: string, message: RegExp, place?: string]>
> = {
  'an empty folder': [{ 'README.md': '' }, 'migrate/no-migrations', /holds no migration/],
  'an empty file': [
    { '1.sql': ok, '2.sql': ' -- nothing\n;' },
    'migrate/bad-file',
    /2.sql` holds no statement/,
  ],
  'a file that is not UTF-8': [
    { '1.sql': Uint8Array.of(0x2d, 0xff, 0xfe) },
    'migrate/bad-file',
    /is not UTF-8/,
  ],
  'two files with one number': [
    { '001_a.sql': ok, '1_b.sql': ok },
    'migrate/ambiguous-order',
    /`001_a.sql` and `1_b.sql` carry the same number/,
  ],
  'plain files beside folders': [
    { '1.sql': ok, '2_b/up.sql': ok },
    'migrate/mixed-forms',
    /folders with `up.sql` \(`2_b`\) and plain files \(`1.sql`\)/,
  ],
  'plain files beside marked ones': [{ '1.sql': ok, '2.sql': down }, 'migrate/mixed-forms', /dbmate markers/],
  'dbmate beside goose': [
    { '1.sql': down, '2.sql': `-- +goose Up\n${ok}` },
    'migrate/mixed-forms',
    /goose markers/,
  ],
  'a down file without its up': [{ '1.down.sql': ok }, 'migrate/bad-file', /has no `1.up.sql` beside it/],
  'both markers in one file': [
    { '1.sql': `${down}\n-- +goose Down\n` },
    'migrate/bad-file',
    /dbmate and of goose/,
  ],
  'a marker twice': [{ '1.sql': `${down}\n-- migrate:up\n` }, 'migrate/bad-file', /the same marker twice/],
  'SQL before the first marker': [
    { '1.sql': `${ok}\n${down}` },
    'migrate/bad-file',
    /SQL before its first marker/,
  ],
  'only a down part': [
    { '1.sql': '-- migrate:down\nDROP TABLE a;' },
    'migrate/bad-file',
    /holds no statement/,
  ],
  'a transaction that is never committed': [
    { '1.sql': `${ok}\n BEGIN;\n${ok}` },
    'migrate/bad-file',
    /begins and is never committed/,
    '2:2',
  ],
  'a transaction inside another': [
    { '1.sql': `BEGIN; BEGIN; ${ok} COMMIT;` },
    'migrate/bad-file',
    /inside another/,
    '1:8',
  ],
  'a COMMIT without BEGIN': [{ '1.sql': `${ok} COMMIT;` }, 'migrate/bad-file', /never began/, '1:20'],
  'a ROLLBACK': [{ '1.sql': `BEGIN; ${ok} ROLLBACK;` }, 'migrate/bad-file', /rolls back/, '1:27'],
  ATTACH: [{ '1.sql': `${ok}\nATTACH '/tmp/x.db' AS x;` }, 'sqlite/refused', /ATTACH/, '2:1'],
  'VACUUM INTO': [{ '1.sql': "VACUUM INTO '/tmp/x.db';" }, 'sqlite/refused', /VACUUM/, '1:1'],
  writable_schema: [{ '1.sql': 'PRAGMA writable_schema = ON;' }, 'sqlite/refused', /writable_schema/, '1:1'],
  load_extension: [{ '1.sql': "SELECT load_extension('x');" }, 'sqlite/refused', /load_extension/, '1:1'],
  'a SAVEPOINT': [{ '1.sql': 'SAVEPOINT x;' }, 'sqlite/refused', /SAVEPOINT/, '1:1'],
  'a parameter': [{ '1.sql': 'INSERT INTO items VALUES (:x);' }, 'sqlite/bad-parameters', /`:x`/, '1:1'],
  'an unknown table': [
    { '1.sql': `${ok}\n\n DROP TABLE b;` },
    'migrate/statement-failed',
    /no such table: b/,
    '3:2',
  ],
  'a constraint at the last statement': [
    {
      '1.sql': ok,
      '2.sql': 'CREATE TABLE b(x UNIQUE);\nINSERT INTO b VALUES (1);\n/* again */ INSERT INTO b VALUES (1);',
    },
    'migrate/statement-failed',
    /`2.sql` on a copy: UNIQUE constraint failed/,
    '3:13',
  ],
  'a syntax error in a trigger': [
    { '1.sql': 'CREATE TRIGGER t AFTER INSERT ON items BEGIN SELEC 1; END;' },
    'migrate/statement-failed',
    /syntax error/,
    '1:1',
  ],
};

for (const [title, [files, code, message, place]] of Object.entries(cases)) {
  test(`refuses: ${title}`, async (t) => {
    const work = await workbench(
      t,
      'CREATE TABLE items(id INTEGER PRIMARY KEY); INSERT INTO items VALUES (1);',
    );
    const before = work.rows('SELECT * FROM sqlite_schema');
    const from = migrations(work.folder, files);
    const error = await failure(work.run('sqlite.migrate', { target: 'db', from }));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    if (place !== undefined) assert.equal(`${error.place?.line}:${error.place?.column}`, place);
    assert.match(error.state ?? '', /nothing was started|the database was not touched/);
    assert.deepEqual(work.rows('SELECT * FROM sqlite_schema'), before);
    assert.equal(work.commits.length, 0);
  });
}

test('refuses a folder that is not there, and one that is a file', async (t) => {
  const work = await workbench(t);
  const missing = failure(work.run('sqlite.migrate', { target: 'db', from: `${work.folder}/none` }));
  assert.match((await missing).message, /does not exist/);
  const file = await failure(work.run('sqlite.migrate', { target: 'db', from: work.path }));
  assert.deepEqual([file.code, /is not a folder/.test(file.message)], ['migrate/no-migrations', true]);
});

test('a statement that never ends is stopped, named, and leaves the database as it was', async (t) => {
  const work = await workbench(t, 'CREATE TABLE items(x);');
  const from = migrations(work.folder, {
    '1.sql': ok,
    '2.sql':
      'INSERT INTO items WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;',
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 700);
  const error = await failure(work.run('sqlite.migrate', { target: 'db', from }, stop.signal));
  assert.equal(error.code, 'target/stopped');
  assert.match(error.message, /`2.sql` on a copy/);
  assert.match(error.state ?? '', /not touched/);
  assert.equal(work.commits.length, 0);
  assert.deepEqual(work.rows("SELECT * FROM sqlite_schema WHERE name = 'a'"), []);
});

const ledgers: Readonly<Record<string, readonly [sql: string, ledger: object, message: RegExp]>> = {
  'without the column': [
    'CREATE TABLE migrations_applied(version TEXT)',
    {},
    /no column `filename`; it has `version`/,
  ],
  'without a named column': [
    'CREATE TABLE m(filename TEXT)',
    { table: 'm', checksum: 'sha' },
    /no column `sha`/,
  ],
  'that is a view': ['CREATE VIEW migrations_applied AS SELECT 1 AS filename', {}, /is a view/],
  'with another NOT NULL column': [
    'CREATE TABLE migrations_applied(filename TEXT, author TEXT NOT NULL)',
    {},
    /`author` .* is NOT NULL/,
  ],
  'with an unknown status': [
    "CREATE TABLE migrations_applied(filename TEXT, status TEXT); INSERT INTO migrations_applied VALUES ('1.sql', 'running')",
    {},
    /status `running`/,
  ],
  'with a row without a name': [
    'CREATE TABLE migrations_applied(filename TEXT); INSERT INTO migrations_applied VALUES (NULL)',
    {},
    /without a name/,
  ],
};

for (const [title, [sql, ledger, message]] of Object.entries(ledgers)) {
  test(`refuses a ledger ${title}`, async (t) => {
    const work = await workbench(t, `${sql};`);
    const from = migrations(work.folder, { '1.sql': ok });
    const error = await failure(work.run('sqlite.migrate', { target: 'db', from, ledger }));
    assert.equal(error.code, 'migrate/ledger-shape');
    assert.match(error.message, message);
  });
}

test('refuses edited, missing and late files, and an unknown version', async (t) => {
  const work = await workbench(t);
  const apply = (files: Files, more: object = {}) =>
    work.run('sqlite.migrate', { target: 'db', from: migrations(work.folder, files), ...more });
  const files = { '1_a.sql': 'CREATE TABLE a(x);', '3_c.sql': 'CREATE TABLE c(x);' };
  await apply(files);
  const commits = work.commits.length;
  const code = async (changed: Files, more?: object) => (await failure(apply(changed, more))).code;
  assert.equal(await code({ ...files, '1_a.sql': 'CREATE TABLE a(y);' }), 'migrate/edited');
  assert.equal(await code({ '1_a.sql': files['1_a.sql'] }), 'migrate/missing-file');
  assert.equal(await code({ ...files, '2_b.sql': 'CREATE TABLE b(x);' }), 'migrate/out-of-order');
  assert.equal(await code(files, { to: '4' }), 'migrate/unknown-version');
  assert.equal(await code(files, { direction: 'down' }), 'migrate/no-down');
  assert.equal(work.commits.length, commits);
  // Line ends and trailing space are no edit.
  await apply({ ...files, '1_a.sql': '\uFEFFCREATE TABLE a(x);  \r\n' });
});

// Rebuilds that eat the rows of others: each is either done so that nothing is lost, or caught, rolled back and named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Workbench, workbench } from '../support.ts';
import { failure, migrations } from './migrate-support.ts';

const family = `CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE children(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) ON DELETE CASCADE);
  CREATE TABLE toys(id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES children(id) ON DELETE CASCADE);
  CREATE TABLE letters(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) ON DELETE SET NULL);
  CREATE TABLE visits(id INTEGER PRIMARY KEY, parent_id INTEGER DEFAULT 0 REFERENCES parents(id) ON DELETE SET DEFAULT);
  INSERT INTO parents VALUES (0, 'nobody'), (1, 'a'), (2, 'b');
  INSERT INTO children VALUES (1, 1), (2, 1), (3, 2);
  INSERT INTO toys VALUES (1, 1), (2, 3);
  INSERT INTO letters VALUES (1, 1), (2, NULL);
  INSERT INTO visits VALUES (1, 2), (2, 0);`;

const rebuild = `CREATE TABLE parents_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  INSERT INTO parents_new SELECT * FROM parents; DROP TABLE parents; ALTER TABLE parents_new RENAME TO parents;`;

function content(work: Workbench): string {
  const tables = ['parents', 'children', 'toys', 'letters', 'visits'];
  return JSON.stringify(tables.map((table) => work.rows(`SELECT * FROM ${table} ORDER BY id`)));
}

/** In the form of the other file. */
function orphan(beside: string): string {
  return `${beside.startsWith('--') ? '-- migrate:up\n' : ''}INSERT INTO children VALUES (9, 99);`;
}

const kept: Readonly<Record<string, string>> = {
  'create, copy, drop, rename': rebuild,
  'in a transaction of its own': `BEGIN; ${rebuild} COMMIT;`,
  'foreign keys switched off too late, inside BEGIN': `BEGIN IMMEDIATE; PRAGMA foreign_keys = OFF; ${rebuild} COMMIT; PRAGMA foreign_keys = ON;`,
  'foreign keys switched on by the file': `PRAGMA foreign_keys = ON; ${rebuild}`,
  'foreign keys deferred': `PRAGMA defer_foreign_keys = ON; ${rebuild}`,
  'the old table renamed first, in legacy mode': `PRAGMA legacy_alter_table = ON; PRAGMA foreign_keys = OFF;
    ALTER TABLE parents RENAME TO parents_old; CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO parents SELECT * FROM parents_old; DROP TABLE parents_old;`,
  'a child that has children': `CREATE TABLE n(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) ON DELETE CASCADE);
    INSERT INTO n SELECT * FROM children; DROP TABLE children; ALTER TABLE n RENAME TO children;`,
  'dbmate without a transaction': `-- migrate:up transaction:false\nPRAGMA foreign_keys = OFF;\n${rebuild}\n-- migrate:down\n`,
};

for (const [title, sql] of Object.entries(kept)) {
  test(`keeps every row of the children: ${title}`, async (t) => {
    const work = await workbench(t, family);
    const before = content(work);
    const from = migrations(work.folder, { '1.sql': sql });
    await work.run('sqlite.migrate', { target: 'db', from });
    assert.equal(content(work), before);
    assert.deepEqual(work.rows('PRAGMA foreign_key_check'), []);
    // The connection enforces foreign keys again.
    const next = migrations(work.folder, { '1.sql': sql, '2.sql': orphan(sql) });
    const error = await failure(work.run('sqlite.migrate', { target: 'db', from: next }));
    assert.match(error.message, /FOREIGN KEY constraint failed/);
  });
}

const caught: Readonly<Record<string, readonly [sql: string, code: string, message: RegExp]>> = {
  'rows deleted and put back': [
    'CREATE TABLE k AS SELECT * FROM parents; DELETE FROM parents WHERE id > 0; INSERT INTO parents SELECT * FROM k WHERE id > 0; DROP TABLE k;',
    'migrate/rows-lost',
    /3 rows of `children` would be lost \(3 before, 0 after\)/,
  ],
  'rows replaced': [
    "REPLACE INTO parents VALUES (1, 'A');",
    'migrate/rows-lost',
    /2 rows of `children` would be lost/,
  ],
  'the child named only by an index': [
    'CREATE INDEX c ON children(parent_id); DELETE FROM parents WHERE id = 2;',
    'migrate/rows-lost',
    /1 row of `children`/,
  ],
  'grandchildren lost, children deleted by the file': [
    'DELETE FROM children WHERE id = 1;',
    'migrate/rows-lost',
    /1 row of `toys`/,
  ],
  'references set to NULL': [
    'DELETE FROM children; DELETE FROM toys; DELETE FROM parents WHERE id = 1;',
    'migrate/rows-lost',
    /1 reference in `letters` would be emptied/,
  ],
  'references set to a default': [
    'DELETE FROM children; DELETE FROM toys; DELETE FROM parents WHERE id = 2;',
    'migrate/rows-lost',
    /1 reference in `visits` would be emptied/,
  ],
  'a trigger that the file makes': [
    'CREATE TRIGGER x AFTER INSERT ON parents BEGIN DELETE FROM letters; END; INSERT INTO parents VALUES (5, NULL);',
    'migrate/rows-lost',
    /2 rows of `letters`/,
  ],
  'a parent dropped': [
    'DROP TABLE parents;',
    'migrate/foreign-keys-broken',
    /`children` refer to missing rows of `parents`/,
  ],
  'the old table renamed first': [
    `ALTER TABLE parents RENAME TO parents_old; CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT);
     INSERT INTO parents SELECT * FROM parents_old; DROP TABLE parents_old;`,
    'migrate/foreign-keys-broken',
    /missing rows of `parents_old`/,
  ],
  'a rebuild that forgets rows': [
    rebuild.replace('FROM parents;', 'FROM parents WHERE id < 2;'),
    'migrate/foreign-keys-broken',
    /1 row of `children` refer to missing rows of `parents`/,
  ],
};

for (const [title, [sql, code, message]] of Object.entries(caught)) {
  test(`is caught on the copy: ${title}`, async (t) => {
    const work = await workbench(t, family);
    const before = content(work);
    const from = migrations(work.folder, { '1.sql': sql });
    const error = await failure(work.run('sqlite.migrate', { target: 'db', from }));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.match(error.message, /^`1.sql` on a copy: /);
    assert.match(error.state ?? '', /the database was not touched/);
    assert.equal(content(work), before);
    assert.equal(work.commits.length, 0);
    assert.deepEqual(work.rows("SELECT name FROM sqlite_schema WHERE name = 'migrations_applied'"), []);
  });
}

test('rows that the file itself deletes may go, and are counted', async (t) => {
  const work = await workbench(t, family);
  const from = migrations(work.folder, {
    '1.sql':
      'DELETE FROM toys; DELETE FROM children WHERE parent_id = 1; DELETE FROM letters; DELETE FROM visits; DELETE FROM parents WHERE id = 1;',
  });
  const { outputs } = await work.run('sqlite.migrate', { target: 'db', from });
  assert.deepEqual(outputs.rows, [
    { table: 'children', added: 0, changed: 0, removed: 2 },
    { table: 'letters', added: 0, changed: 0, removed: 2 },
    { table: 'parents', added: 0, changed: 0, removed: 1 },
    { table: 'toys', added: 0, changed: 0, removed: 2 },
    { table: 'visits', added: 0, changed: 0, removed: 2 },
  ]);
});

test('broken foreign keys of before are not blamed on a migration', async (t) => {
  const work = await workbench(t, `${family} INSERT INTO children VALUES (7, 77);`);
  const from = migrations(work.folder, { '1.sql': rebuild });
  await work.run('sqlite.migrate', { target: 'db', from });
  assert.equal(work.rows('SELECT * FROM children').length, 4);
  const next = migrations(work.folder, { '1.sql': rebuild, '2.sql': 'DROP TABLE parents;' });
  assert.equal(
    (await failure(work.run('sqlite.migrate', { target: 'db', from: next }))).code,
    'migrate/foreign-keys-broken',
  );
});

test('what a rebuild forgets to make again is said', async (t) => {
  const work = await workbench(t, `${family} CREATE INDEX parents_name ON parents(name);`);
  const from = migrations(work.folder, { '1.sql': rebuild });
  await work.run('sqlite.migrate', { target: 'db', from });
  assert.match(work.warnings.join('\n'), /`1.sql` drops a table .*: index parents_name/);
});

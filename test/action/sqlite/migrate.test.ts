import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workbench } from '../support.ts';
import { failure, migrations } from './migrate-support.ts';

const family = `CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE children(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) ON DELETE CASCADE);
  INSERT INTO parents VALUES (1, 'a'), (2, 'b'); INSERT INTO children VALUES (1, 1), (2, 1), (3, 2);`;

test('applies what is not applied yet, in order, and keeps a ledger', async (t) => {
  const work = await workbench(t, family);
  const from = migrations(work.folder, {
    '10_second.sql': "INSERT INTO tags VALUES (1, 'x');",
    '9_first.sql':
      'CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT);\nCREATE INDEX tags_tag ON tags(tag);',
  });
  const { outputs } = await work.run('sqlite.migrate', { target: 'db', from });
  assert.deepEqual(outputs, {
    applied: ['9_first.sql', '10_second.sql'],
    takenBack: [],
    pending: [],
    schema: { added: ['index tags_tag', 'table tags'], removed: [], changed: [] },
    rows: [{ table: 'tags', added: 1, changed: 0, removed: 0 }],
  });
  assert.deepEqual(
    work
      .rows('SELECT filename, status, length(checksum) AS n FROM migrations_applied')
      .map((row) => ({ ...(row as object) })),
    [
      { filename: '9_first.sql', status: 'success', n: 64 },
      { filename: '10_second.sql', status: 'success', n: 64 },
    ],
  );
  assert.equal(work.commits.length, 2);
  assert.deepEqual(
    work.commits.map(({ effect, withoutChangeset }) => [effect, withoutChangeset]),
    [
      ['change', 'a migration may change the schema'],
      ['change', 'a migration may change the schema'],
    ],
  );
  const again = await work.run('sqlite.migrate', { target: 'db', from });
  assert.deepEqual(again.outputs.applied, []);
  assert.equal(work.commits.length, 2);
});

test('a rebuild keeps the children of the rebuilt table', async (t) => {
  const work = await workbench(t, family);
  const from = migrations(work.folder, {
    '1_rebuild.sql': `BEGIN TRANSACTION;
      CREATE TABLE parents_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
      INSERT INTO parents_new SELECT * FROM parents;
      DROP TABLE parents;
      ALTER TABLE parents_new RENAME TO parents;
      COMMIT;`,
  });
  await work.run('sqlite.migrate', { target: 'db', from });
  assert.equal(work.rows('SELECT * FROM children').length, 3);
});

test('a failure on the copy names file and statement, and does not touch the database', async (t) => {
  const work = await workbench(t, family);
  const from = migrations(work.folder, {
    '1_a.sql': 'CREATE TABLE a(x);',
    '2_b.sql': 'CREATE TABLE b(x);\n\n  INSERT INTO nowhere VALUES (1);',
  });
  const error = await failure(work.run('sqlite.migrate', { target: 'db', from }));
  assert.equal(error.code, 'migrate/statement-failed');
  assert.match(error.message, /`2_b.sql` on a copy: SQLite says: no such table: nowhere/);
  assert.deepEqual([error.place?.line, error.place?.column], [3, 3]);
  assert.match(error.state ?? '', /not touched/);
  assert.equal(work.commits.length, 0);
});

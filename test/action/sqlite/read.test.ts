import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { test } from 'node:test';
import { workbench } from '../support.ts';

const people = `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE sessions(id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), expires_at TEXT);
  INSERT INTO users VALUES (1, 'a'), (2, 'b');
  INSERT INTO sessions VALUES (1, 1, '2026-01-01 00:00:00'), (2, 2, '2026-02-01 00:00:00'), (3, 2, NULL);`;

test('sqlite.check finds nothing wrong with a sound database', async (t) => {
  const { run } = await workbench(t, people);
  const { outputs, failed } = await run('sqlite.check', {
    target: 'db',
    foreignKeys: true,
    tables: ['Users'],
  });
  assert.equal(failed, undefined);
  assert.equal(outputs.ok, true);
  assert.deepEqual(outputs.problems, []);
  assert.ok(Number(outputs.latencyMs) >= 0);
});

test('sqlite.check names a missing table and the near one', async (t) => {
  const { run, preview } = await workbench(t, people);
  const { failed, outputs } = await run('sqlite.check', {
    target: 'db',
    tables: ['users', 'sesions', 'zzz'],
  });
  assert.match(
    failed?.message ?? '',
    /^`db` has 2 problems: table `sesions` does not exist; did you mean `sessions`\?; table `zzz` does not exist$/,
  );
  assert.equal(outputs.ok, false);
  const { lines } = await preview('sqlite.check', { target: 'db', tables: ['sesions'] });
  assert.deepEqual(lines, [
    'runs `PRAGMA quick_check`',
    'table `sesions` does not exist; did you mean `sessions`?',
  ]);
});

test('sqlite.check finds rows whose foreign key points nowhere, only when asked', async (t) => {
  const { run, exec } = await workbench(t, people);
  exec('INSERT INTO sessions VALUES (9, 77, NULL)');
  assert.equal((await run('sqlite.check', { target: 'db' })).failed, undefined);
  const { failed } = await run('sqlite.check', { target: 'db', foreignKeys: true });
  assert.match(failed?.message ?? '', /1 row of `sessions` refer to missing rows of `users`/);
});

test('sqlite.check with fail: false only reports', async (t) => {
  const { run } = await workbench(t, people);
  const { failed, outputs } = await run('sqlite.check', { target: 'db', tables: ['nope'], fail: false });
  assert.equal(failed, undefined);
  assert.equal(outputs.ok, false);
});

test('sqlite.check with fail: false reports a database that cannot be read', async (t) => {
  const { run, path } = await workbench(t, people);
  truncateSync(path, 5000);
  const { failed, outputs } = await run('sqlite.check', { target: 'db', fail: false });
  assert.equal(failed, undefined);
  assert.equal(outputs.ok, false);
  assert.notDeepEqual(outputs.problems, []);
});

test('sqlite.stats counts the named tables and their sum', async (t) => {
  const { run } = await workbench(t, people);
  const { outputs, measures } = await run('sqlite.stats', { target: 'db' });
  assert.deepEqual(outputs.tables, { users: 2, sessions: 3 });
  assert.equal(outputs.totalRows, 5);
  assert.ok(Number(outputs.sizeBytes) > 0);
  assert.deepEqual(measures?.at(-1), { name: 'rows', value: 5, unit: 'rows' });
  const named = await run('sqlite.stats', { target: 'db', tables: ['users'] });
  assert.deepEqual(named.outputs.tables, { users: 2 });
  await assert.rejects(run('sqlite.stats', { target: 'db', tables: ['user'] }), {
    code: 'sqlite/no-such-table',
  });
});

test('sqlite.indexes gives the statement that would help, and none where an index or a key helps already', async (t) => {
  const { run, exec } = await workbench(
    t,
    `CREATE TABLE p(a, b, PRIMARY KEY (a, b));
     CREATE TABLE plain(pa, pb, FOREIGN KEY (pa, pb) REFERENCES p);
     CREATE TABLE indexed(x, pb, pa, FOREIGN KEY (pa, pb) REFERENCES p);
     CREATE INDEX indexed_key ON indexed(pb, pa, x);
     CREATE TABLE keyed(pa, pb, n, PRIMARY KEY (pa, pb, n), FOREIGN KEY (pa, pb) REFERENCES p) WITHOUT ROWID;
     CREATE TABLE partial(pa, pb, FOREIGN KEY (pa, pb) REFERENCES p);
     CREATE INDEX partial_key ON partial(pa, pb) WHERE pa > 0;
     CREATE TABLE "order ""x"(id INTEGER PRIMARY KEY, parent REFERENCES "order ""x"(id));`,
  );
  const { outputs } = await run('sqlite.indexes', { target: 'db' });
  const unindexed = outputs.unindexed as { table: string; statement: string }[];
  assert.deepEqual(
    unindexed.map(({ table }) => table),
    ['order "x', 'partial', 'plain'],
  );
  for (const { statement } of unindexed) exec(statement);
  assert.deepEqual((await run('sqlite.indexes', { target: 'db' })).outputs.unindexed, []);
});

test('sqlite.indexes names an index that repeats another one exactly', async (t) => {
  const { run } = await workbench(
    t,
    `CREATE TABLE t(a TEXT, b);
     CREATE INDEX one ON t(a, b); CREATE INDEX two ON  t ( a, b ); CREATE INDEX three ON t(a,b);
     CREATE INDEX other ON t(a DESC, b); CREATE INDEX part ON t(a, b) WHERE a <> ' where';
     CREATE UNIQUE INDEX only ON t(a, b);`,
  );
  const { outputs, warnings } = await run('sqlite.indexes', { target: 'db' });
  assert.equal(warnings?.[0], 'index `three` repeats `one`: DROP INDEX three;');
  const duplicates = outputs.duplicates as { index: string; sameAs: string }[];
  assert.deepEqual(
    duplicates.map(({ index, sameAs }) => `${index} = ${sameAs}`),
    ['three = one', 'two = one'],
  );
});

test('sqlite.query gives rows, and row and value only when there is one', async (t) => {
  const { run } = await workbench(t, people);
  const one = await run('sqlite.query', {
    target: 'db',
    sql: 'SELECT count(*) AS n FROM users WHERE id > :id',
    params: { id: true },
  });
  assert.deepEqual(one.outputs, { rows: [{ n: 1 }], count: 1, row: { n: 1 }, value: 1 });
  const two = await run('sqlite.query', { target: 'db', sql: 'SELECT id, name FROM users ORDER BY id' });
  assert.equal(two.outputs.count, 2);
  assert.equal('row' in two.outputs, false);
  assert.equal('value' in two.outputs, false);
  const wide = await run('sqlite.query', { target: 'db', sql: 'SELECT id, name FROM users WHERE id = 1' });
  assert.equal('value' in wide.outputs, false);
});

test('sqlite.query fills names that the schema has, quoted, and refuses others', async (t) => {
  const { run } = await workbench(
    t,
    `${people} CREATE TABLE "odd ""name"(x); INSERT INTO "odd ""name" VALUES (7)`,
  );
  const query = (table: string) =>
    run('sqlite.query', { target: 'db', sql: 'SELECT x FROM "$t"', names: { t: table } });
  assert.equal((await query('odd "name')).outputs.value, 7);
  await assert.rejects(query('users" --'), { code: 'sqlite/unknown-name' });
});

test('sqlite.query refuses to write, a second statement, and too many rows', async (t) => {
  const { run } = await workbench(t, people);
  const query = (sql: string, more = {}) => run('sqlite.query', { target: 'db', sql, ...more });
  await assert.rejects(query('DELETE FROM users'), { code: 'sqlite/not-read-only' });
  await assert.rejects(query('SELECT 1; SELECT 2'), { code: 'sqlite/more-than-one-statement' });
  await assert.rejects(query('SELECT * FROM sessions', { maxRows: 2 }), { code: 'sqlite/too-many-rows' });
});

test('a plan names what a query reads', async (t) => {
  const { preview } = await workbench(t, people);
  const { lines, changesSomething } = await preview('sqlite.query', {
    target: 'db',
    sql: 'SELECT * FROM users JOIN sessions ON user_id = users.id',
  });
  assert.deepEqual(lines, ['reads `sessions`, `users`']);
  assert.equal(changesSomething, false);
});

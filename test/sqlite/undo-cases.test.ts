import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { applyUndo } from '../../src/sqlite/child/undo/apply-undo.ts';
import type { RowConflict, UndoRequest } from '../../src/target/undo.ts';

interface Case {
  readonly title: string;
  readonly schema: string;
  readonly ours: string;
  readonly theirs?: string;
  readonly onConflict?: UndoRequest['onConflict'];
  /** Absent: exactly as before ours and theirs. */
  readonly gives?: { readonly ask: string; readonly answer: unknown };
  readonly conflicts?: readonly RowConflict['why'][];
}

const family =
  "CREATE TABLE p (id INTEGER PRIMARY KEY, v); CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1, 'a'), (2, 'b'); INSERT INTO c VALUES (10, 1), (11, 1), (20, 2)";
const unique =
  'CREATE TABLE u (id TEXT PRIMARY KEY NOT NULL, v UNIQUE); INSERT INTO u (rowid, id, v) VALUES (7, 1, 1), (5, 2, 2), (9, 3, 3)';

const cases: readonly Case[] = [
  { title: 'a cascade comes back with its parent', schema: family, ours: 'DELETE FROM p WHERE id = 1' },
  {
    title: 'unique values that rows pass round in a circle come back, under their rowids',
    schema: unique,
    ours: 'UPDATE u SET v = -v; UPDATE u SET v = CASE id WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 1 END',
  },
  {
    title: 'a chain of unique values comes back in whatever order it must',
    schema: unique,
    ours: 'UPDATE u SET v = v + 100; UPDATE u SET v = v - 99',
  },
  {
    title: 'a unique value that others have taken is a conflict',
    schema: unique,
    ours: 'UPDATE u SET v = 50 WHERE id = 1',
    theirs: "INSERT INTO u (id, v) VALUES ('new', 1)",
    conflicts: ['constraint'],
  },
  {
    title: 'with keep, only the row whose value was taken stays',
    schema: unique,
    ours: 'UPDATE u SET v = v + 50',
    theirs: "INSERT INTO u (id, v) VALUES ('new', 1)",
    onConflict: 'keep',
    conflicts: ['constraint'],
    gives: { ask: 'SELECT group_concat(v) FROM (SELECT v FROM u ORDER BY v)', answer: '1,2,3,51' },
  },
  {
    title: 'a parent of ours that others refer to stays a conflict',
    schema: family,
    ours: "INSERT INTO p VALUES (3, 'ours')",
    theirs: 'INSERT INTO c VALUES (30, 3)',
    conflicts: ['foreign-key'],
  },
  {
    title: 'a child whose parent others have deleted is a conflict',
    schema: family,
    ours: 'DELETE FROM c WHERE id = 20',
    theirs: 'DELETE FROM p WHERE id = 2',
    conflicts: ['foreign-key'],
  },
  {
    title: 'with keep, a child without its parent stays deleted and the rest comes back',
    schema: family,
    ours: 'DELETE FROM c',
    theirs: 'DELETE FROM p WHERE id = 2',
    onConflict: 'keep',
    conflicts: ['foreign-key'],
    gives: { ask: 'SELECT group_concat(id) FROM c', answer: '10,11' },
  },
  {
    title: 'no cascade takes rows that others have added below ours',
    schema: family,
    ours: "DELETE FROM p WHERE id = 1; INSERT INTO p VALUES (1, 'x')",
    theirs: 'INSERT INTO c VALUES (12, 1)',
    gives: { ask: 'SELECT group_concat(id) FROM c', answer: '10,11,12,20' },
  },
  {
    title: 'other columns of the same row stay theirs',
    schema: 'CREATE TABLE x (id INTEGER PRIMARY KEY, a, b); INSERT INTO x VALUES (1, 1, 1)',
    ours: 'UPDATE x SET a = 2',
    theirs: 'UPDATE x SET b = 9',
    gives: { ask: "SELECT a || ',' || b FROM x", answer: '1,9' },
  },
  {
    title: 'with discard, the recorded old values win',
    schema: 'CREATE TABLE x (id INTEGER PRIMARY KEY, a); INSERT INTO x VALUES (1, 1), (2, 2)',
    ours: 'UPDATE x SET a = 5 WHERE id = 1; DELETE FROM x WHERE id = 2; INSERT INTO x VALUES (3, 3)',
    theirs: "UPDATE x SET a = 'theirs'; INSERT INTO x VALUES (2, 'theirs')",
    onConflict: 'discard',
    conflicts: ['changed', 'already-there', 'changed'],
    gives: { ask: "SELECT group_concat(id || '=' || a) FROM x", answer: '1=1,2=2' },
  },
  {
    title: 'what others have put back themselves is done',
    schema: family,
    ours: 'DELETE FROM c WHERE id = 20',
    theirs: 'INSERT INTO c VALUES (20, 2)',
    gives: { ask: 'SELECT count(*) FROM c', answer: 3 },
  },
  {
    title: 'triggers do not run, and are there again in their order',
    schema: `${family}; CREATE TABLE log (id INTEGER PRIMARY KEY, t); CREATE TRIGGER "b ""1" AFTER INSERT ON p BEGIN INSERT INTO log (t) VALUES ('b'); END; CREATE TRIGGER a AFTER INSERT ON p BEGIN INSERT INTO log (t) VALUES ('a'); END; CREATE TRIGGER n BEFORE INSERT ON p BEGIN SELECT RAISE(ABORT, 'no') WHERE new.v = 'a'; END`,
    ours: 'DELETE FROM p WHERE id = 1',
  },
  {
    title: 'a constraint that replaces on conflict does not replace rows of others',
    schema:
      'CREATE TABLE x (id INTEGER PRIMARY KEY, a UNIQUE ON CONFLICT REPLACE); INSERT INTO x VALUES (1, 1)',
    ours: 'UPDATE x SET a = 2',
    theirs: 'INSERT INTO x VALUES (9, 1)',
    conflicts: ['constraint'],
  },
  {
    title: 'exact values: 64 bits, blobs, NULL, infinity, text that is not UTF-8, text with NUL',
    schema:
      "CREATE TABLE x (id INTEGER PRIMARY KEY, a, b TEXT, c REAL, g AS (a || b) STORED); INSERT INTO x (id, a, b, c) VALUES (1, 9223372036854775807, CAST(x'ff00fe' AS TEXT), 1e999), (2, x'00ff', 'a' || char(0) || 'b', NULL), (3, -0.0, '12', 5), (9007199254740993, 5.0, '', -1e999)",
    ours: 'DELETE FROM x WHERE id <> 2; UPDATE x SET a = 1, b = 2, c = 3',
  },
  {
    title: 'the same in a database in UTF-16',
    schema:
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE x (id TEXT PRIMARY KEY NOT NULL, a) WITHOUT ROWID; INSERT INTO x VALUES ('é€😀', x'ff'), ('b', 'x' || char(0) || 'ü')",
    ours: "DELETE FROM x WHERE a = x'ff'; UPDATE x SET id = 'c', a = NULL",
  },
];

for (const { title, schema, ours, theirs = '', onConflict = 'abort', gives, conflicts = [] } of cases) {
  test(title, (t) => {
    const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true, defensive: true });
    t.after(() => db.close());
    db.exec(schema);
    const before = contentOf(db);
    const session = db.createSession();
    db.exec(ours);
    const changeset = session.changeset();
    session.close();
    assert.notDeepEqual(contentOf(db), before);
    db.exec(theirs);
    const left = contentOf(db);
    db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE');
    const result = applyUndo(db, { changesets: [changeset], onConflict }, () => {});
    db.exec(result.state === 'prepared' ? 'COMMIT' : 'ROLLBACK');
    assert.deepEqual(
      result.conflicts.map(({ why }) => why),
      conflicts,
    );
    assert.equal(result.state, conflicts.length > 0 && onConflict === 'abort' ? 'conflicts' : 'prepared');
    if (result.state === 'conflicts') assert.deepEqual(contentOf(db), left);
    else if (gives) assert.equal(Object.values(db.prepare(gives.ask).get() ?? {})[0], gives.answer);
    else assert.deepEqual(contentOf(db), before);
  });
}

/** With rowids where rows are still the same ones, so not of rows that were deleted. */
function contentOf(db: DatabaseSync): unknown[] {
  const schema = db
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type DESC, rowid')
    .all();
  return schema.flatMap(({ type, name, sql, ...rest }) => {
    const row = { type, sql, ...rest };
    if (type !== 'table') return [row];
    const columns = db.prepare('SELECT name FROM pragma_table_xinfo(?)').all(String(name));
    const exact = columns.map(({ name: c }) => `typeof(${c}) || hex(${c}) || quote(${c})`);
    if (name === 'u') exact.push('rowid');
    return [row, ...db.prepare(`SELECT ${exact.join(', ')} FROM "${name}" ORDER BY 1`).all()];
  });
}

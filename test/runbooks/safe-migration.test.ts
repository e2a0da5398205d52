// The bundled safe-migration runbook, run as an operator runs it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const runbook = join(import.meta.dirname, '../../runbooks/safe-migration.yaml');

/** As in an agent's memory: patterns, their embeddings, and a ledger that was kept by hand until now. */
const application = `PRAGMA journal_mode = wal;
  CREATE TABLE patterns(id INTEGER PRIMARY KEY, type TEXT);
  CREATE TABLE pattern_embeddings(id INTEGER PRIMARY KEY, pattern_id INTEGER REFERENCES patterns(id) ON DELETE CASCADE, v BLOB);
  CREATE TABLE migrations_applied(id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL UNIQUE,
    applied_at TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'success');
  INSERT INTO migrations_applied(filename, applied_at) VALUES ('20250101000000_begin.sql', '2025-01-01');
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO patterns SELECT i, 't' || (i % 3) FROM n;
  INSERT INTO pattern_embeddings SELECT id, id, zeroblob(64) FROM patterns;`;

const files = {
  '20250101000000_begin.sql': 'CREATE TABLE patterns(id INTEGER PRIMARY KEY, type TEXT);',
  '20251015000000_category.sql': `BEGIN TRANSACTION;
ALTER TABLE patterns ADD COLUMN category TEXT;
UPDATE patterns SET category = 'of ' || type;
CREATE INDEX idx_patterns_category ON patterns(category);
SELECT count(*) FROM patterns WHERE category IS NOT NULL;
COMMIT;
`,
  '20251016000000_rebuild.sql': `PRAGMA foreign_keys = OFF;
CREATE TABLE new_patterns(id INTEGER PRIMARY KEY, type TEXT NOT NULL, category TEXT);
INSERT INTO new_patterns SELECT * FROM patterns;
DROP TABLE patterns;
ALTER TABLE new_patterns RENAME TO patterns;
CREATE INDEX idx_patterns_category ON patterns(category);
PRAGMA foreign_keys = ON;
`,
};

function prepared(work: Cli, more: Readonly<Record<string, string>> = {}): Cli {
  work.database('memory.db', application);
  for (const [name, text] of Object.entries({ ...files, ...more })) work.file(`migrations/${name}`, text);
  return work;
}

const args = [runbook, '-p', 'database=memory.db', '-p', 'migrations=migrations'];

test('safe-migration is valid, and its plan tries the migrations without touching the database', async () => {
  await using work = prepared(cli());
  assert.equal((await work.run(['validate', runbook])).exitCode, 0);
  const before = work.list();
  const { exitCode, rawStdout, rawStderr } = await work.run(['plan', ...args]);
  assert.equal(exitCode, 0, rawStderr);
  assert.match(
    rawStdout.replaceAll(/\s+/g, ' '),
    /`20251015000000_category.sql`: \+ index idx_patterns_category, ~ table patterns, `patterns` 200 rows changed/,
  );
  assert.deepEqual(work.list(), before);
});

test('safe-migration applies what is pending beside a ledger that has no checksums', async () => {
  await using work = prepared(cli());
  const result = await work.run(['run', ...args]);
  assert.equal(result.exitCode, 0, result.rawStderr);
  assert.equal(work.query('memory.db', 'SELECT count(*) FROM pattern_embeddings'), 200);
  assert.equal(work.query('memory.db', "SELECT count(*) FROM patterns WHERE category LIKE 'of t%'"), 200);
  assert.equal(
    work.query('memory.db', "SELECT group_concat(filename || ' ' || status, ', ') FROM migrations_applied"),
    Object.keys(files)
      .map((name) => `${name} success`)
      .join(', '),
  );
  const again = await work.run(['run', ...args]);
  assert.equal(again.exitCode, 0, again.rawStderr);
  assert.match(again.rawStdout, /applied: \[\]/);
});

test('safe-migration stops at a file that fails, names its place, and leaves the database as it was', async () => {
  await using work = prepared(cli(), {
    '20251017000000_broken.sql': 'CREATE TABLE t(x);\n  INSERT INTO nowhere VALUES (1);\n',
  });
  const result = await work.run(['run', ...args]);
  assert.equal(result.exitCode, 6, result.rawStderr);
  assert.match(result.rawStderr, /20251017000000_broken\.sql:2:3/);
  assert.match(result.rawStderr, /no such table:\s+nowhere/);
  assert.equal(work.query('memory.db', 'SELECT count(*) FROM migrations_applied'), 1);
  assert.equal(work.query('memory.db', "SELECT count(*) FROM sqlite_schema WHERE name = 't'"), 0);
});

test('safe-migration keeps the ledger of another tool', async () => {
  await using work = prepared(cli());
  work.database(
    'other.db',
    "CREATE TABLE patterns(id INTEGER PRIMARY KEY, type TEXT NOT NULL); CREATE TABLE schema_migrations(version TEXT PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20250101000000')",
  );
  const names = ['-p', 'ledger=schema_migrations', '-p', 'ledgerName=version', '-p', 'to=20251015000000'];
  const result = await work.run([
    'run',
    runbook,
    '-p',
    'database=other.db',
    '-p',
    'migrations=migrations',
    ...names,
  ]);
  assert.equal(result.exitCode, 0, result.rawStderr);
  assert.equal(work.query('other.db', 'SELECT max(version) FROM schema_migrations'), '20251015000000');
  assert.match(result.rawStdout, /pending: \["20251016000000_rebuild.sql"\]/);
});

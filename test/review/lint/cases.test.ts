// Where the line of a rule runs: cases beside its two examples.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Example, runbookExample, sqlExample } from '../../../src/review/lint/rule.ts';
import { lintExample, said } from './support.ts';

const codesOf = async (example: Example, profile: 'basic' | 'safety' | 'production' = 'safety') =>
  said(await lintExample(example, profile)).map((each) => each.replace(/ .*/, ''));

const execute = (sql: string, more = '') =>
  runbookExample(
    `  - id: fix\n    confirm: { message: Go on?, expect: app }\n    action: sqlite.execute\n    with: { target: db, sql: "${sql}"${more} }`,
  );
const command = (input: string, more = '') =>
  runbookExample(
    `  - { id: look, action: sqlite.check, with: { target: db } }\n  - id: tool\n    action: command.run\n    with: { ${input} }\n    timeout: 1m\n    rollback: none\n    reason: it stays${more}`,
    { targets: '  db: { driver: sqlite, path: ./app.db }' },
  );
const rebuild = (columns: string, copy = 'SELECT id, mail FROM users') => `PRAGMA foreign_keys = OFF;
DROP TABLE IF EXISTS users_new;
CREATE TABLE users_new (${columns});
INSERT INTO users_new ${copy};
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`;

describe('delete-without-where', () => {
  for (const sql of [
    'DELETE FROM a WHERE 1 = 1',
    'DELETE FROM a WHERE true',
    'WITH q AS (SELECT 1) DELETE FROM a',
  ])
    it(`is found in ${sql}`, async () => {
      assert.ok((await codesOf(execute(sql))).includes('delete-without-where'));
    });

  it('is not found where a bound was declared, nor on a table that the same text made', async () => {
    assert.deepEqual(await codesOf(execute('DELETE FROM a', ', changes: { max: 10 }')), []);
    assert.deepEqual(await codesOf(execute('CREATE TABLE a (b); DELETE FROM a')), []);
  });

  it('is found in the predicate of a prune, at its place', async () => {
    const prune = runbookExample(
      '  - { id: purge, action: sqlite.prune, with: { target: db, table: a, where: "b < 1) OR (1", maxShare: 0.5 } }',
    );
    assert.deepEqual(said(await lintExample(prune)), ['delete-without-where 6:78']);
  });
});

describe('drop-table', () => {
  it('is found with IF EXISTS, although nothing is known of the table', async () => {
    assert.deepEqual(await codesOf(sqlExample('DROP TABLE IF EXISTS users;')), ['drop-table']);
  });

  it('is not found in a rebuild, nor for what an earlier attempt at it left behind', async () => {
    assert.deepEqual(await codesOf(sqlExample(rebuild('id INTEGER PRIMARY KEY, mail TEXT'))), []);
  });

  it('is not found for views, indexes, temporary tables, and in the way down', async () => {
    const text = 'DROP VIEW v; DROP INDEX IF EXISTS i; CREATE TEMP TABLE t (a); DROP TABLE t;';
    assert.deepEqual(await codesOf(sqlExample(text)), []);
    assert.deepEqual(
      await codesOf(sqlExample('-- migrate:up\nCREATE TABLE a (b);\n-- migrate:down\nDROP TABLE a;')),
      [],
    );
  });
});

describe('a rebuild', () => {
  const schema = [
    'CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT)',
    'CREATE UNIQUE INDEX m ON users (mail)',
  ];

  it('may make its unique index again', async () => {
    const text = `${rebuild('id INTEGER PRIMARY KEY, mail TEXT')}CREATE UNIQUE INDEX m ON users (mail);`;
    assert.deepEqual(await codesOf(sqlExample(text, { schema })), []);
    const other = `${rebuild('id INTEGER PRIMARY KEY, mail TEXT')}CREATE UNIQUE INDEX n ON users (mail, id);`;
    assert.deepEqual(await codesOf(sqlExample(other, { schema })), ['unique-index-on-data']);
  });

  it('may make a column NOT NULL when its copy or its text fills it', async () => {
    const columns = 'id INTEGER PRIMARY KEY, mail TEXT NOT NULL';
    assert.deepEqual(await codesOf(sqlExample(rebuild(columns), { schema })), ['nullable-to-not-null']);
    assert.deepEqual(
      await codesOf(sqlExample(rebuild(columns, "SELECT id, coalesce(mail, '') FROM users"), { schema })),
      [],
    );
  });

  it('needs no foreign keys off where a schema proves that nothing refers to the table', async () => {
    const text = rebuild('id INTEGER PRIMARY KEY, mail TEXT').replace(/^PRAGMA.*\n/, '');
    assert.deepEqual(await codesOf(sqlExample(text, { schema })), []);
    const child = [...schema, 'CREATE TABLE orders (u INTEGER PRIMARY KEY REFERENCES users (id))'];
    assert.deepEqual(await codesOf(sqlExample(text, { schema: child })), ['rebuild-with-foreign-keys']);
  });

  it('has its foreign keys indexed under its final name', async () => {
    const columns = 'id INTEGER PRIMARY KEY, mail TEXT REFERENCES mails (id)';
    assert.deepEqual(await codesOf(sqlExample(`${rebuild(columns)}CREATE INDEX um ON users (mail);`)), []);
    assert.deepEqual(await codesOf(sqlExample(rebuild(columns))), ['foreign-key-without-index']);
  });
});

describe('live-path-in-command and file-operation', () => {
  it('know the path by its expression, in a script and in the environment', async () => {
    for (const input of [
      'argv: [tool, "${{ target.db.path }}"]',
      'shell: "tool < ./app.db"',
      'shell: tool "$DB", env: { DB: "${{ target.db.path }}" }',
      'argv: [tool, app.db-wal]',
    ])
      assert.deepEqual(await codesOf(command(input)), ['live-path-in-command'], input);
  });

  it('know the files of the catalogue too, whether the runbook names them as targets or not', async () => {
    const files = {
      'belay.yaml': 'apiVersion: belay/v1\ntargets: { live: { driver: sqlite, path: ./data/live.db } }\n',
    };
    for (const word of ['data/live.db', './data/../data/live.db', 'data/live.db-wal'])
      assert.deepEqual(
        await codesOf({ ...command(`argv: [tool, ${word}]`), files }),
        ['live-path-in-command'],
        word,
      );
    assert.deepEqual(await codesOf({ ...command('argv: [cp, data/live.db, x]'), files }), [
      'file-operation',
      'live-path-in-command',
    ]);
    const used = runbookExample(
      '  - { id: tool, action: command.run, with: { argv: [tool, data/live.db], touches: [db] }, timeout: 1m, rollback: none, reason: it stays }',
      { targets: '  db: { use: live }' },
    );
    assert.deepEqual(await codesOf({ ...used, files }), []);
  });

  it('find a file operation also where the target is said to be touched', async () => {
    assert.deepEqual(await codesOf(command('shell: "set -e; /bin/rm -f ./app.db-wal", touches: [db]')), [
      'file-operation',
    ]);
    assert.deepEqual(await codesOf(command('argv: [cp, ./notes.txt, ./copy.txt]')), []);
  });
});

describe('literal-secret', () => {
  const env = (value: string) => command(`argv: [tool], env: ${value}, touches: [db]`);
  it('is found by the name of the key, or by its shape', async () => {
    for (const value of [
      '{ DB_PASSWORD: hunter22 }',
      '{ X: ghp_0123456789abcdefghij0123456789abcdef }',
      '{ U: "postgres://me:secret@host/db" }',
    ])
      assert.deepEqual(await codesOf(env(value)), ['literal-secret'], value);
  });
  it('is not found in an expression, a path or an empty text', async () => {
    for (const value of [
      '{ TOKEN_FILE: /run/token }',
      '{ PASSWORD: "" }',
      '{ TOKEN: /run/secrets/token }',
      '{ KEYS: abcdefgh }',
    ])
      assert.deepEqual(await codesOf(env(value)), [], value);
  });
});

describe('unreachable-step', () => {
  it('is found after an assertion that is always false', async () => {
    const steps =
      '  - { id: never, assert: "${{ 1 == 2 }}" }\n  - { id: look, action: sqlite.check, with: { target: db } }';
    assert.deepEqual(await codesOf(runbookExample(steps)), ['unreachable-step']);
  });
  it('is not found where the condition reads something', async () => {
    const steps =
      '  - { id: look, if: "${{ target.db.sizeBytes > 0.0 }}", action: sqlite.check, with: { target: db } }';
    assert.deepEqual(await codesOf(runbookExample(steps)), []);
  });
});

describe('cutoff-type', () => {
  const schema = ['CREATE TABLE jobs (id INTEGER PRIMARY KEY, at INTEGER, stamp TEXT, mixed DATETIME)'];
  const purge = (where: string, value: string): Example => ({
    ...runbookExample(
      `  - { id: purge, action: sqlite.prune, with: { target: db, table: jobs, where: "${where}", params: { c: "${value}" }, maxShare: 0.5 } }`,
    ),
    schema,
  });
  it('is found both ways, and inside a longer predicate', async () => {
    assert.deepEqual(await codesOf(purge('at < :c', '${{ iso(now) }}')), ['cutoff-type']);
    assert.deepEqual(await codesOf(purge(':c > stamp AND at > 5', '${{ unixSeconds(now) }}')), [
      'cutoff-type',
    ]);
    assert.deepEqual(await codesOf(purge('at < :c', '2026-01-01')), ['cutoff-type']);
  });
  it('is not found where the types agree, or the column may keep both', async () => {
    assert.deepEqual(await codesOf(purge('stamp < :c', '${{ iso(now) }}')), []);
    assert.deepEqual(await codesOf(purge('mixed < :c', '${{ unixSeconds(now) }}')), []);
    assert.deepEqual(await codesOf(purge('at < :c', '1700000000')), []);
  });
});

describe('sql-does-not-compile', () => {
  it('is an error where SQLite is sure, and only worth knowing where a schema was assumed', async () => {
    const levels = async (sql: string) =>
      (await lintExample(execute(sql))).findings.map(({ code, level }) => `${code} ${level}`);
    assert.deepEqual(await levels('UPDATE a SET b = WHERE c = 1'), ['lint/sql-does-not-compile error']);
    assert.deepEqual(await levels('CREATE TABLE a (b); UPDATE a SET x = 1 WHERE b = 1'), [
      'lint/sql-does-not-compile info',
    ]);
  });
});

describe('SQL that is too much to be read', () => {
  it('is a warning, said once: what nobody has checked is not safe', async () => {
    const text = Array.from({ length: 4_000 }, (_, i) => `DROP TABLE IF EXISTS t${i};`).join('\n');
    const { findings } = await lintExample(sqlExample(text), 'basic');
    assert.deepEqual(
      findings.map(({ level, message }) => [level, message]),
      [['warning', 'the SQL is too much to be read whole: nobody has checked it']],
    );
  });
});

describe('refused-in-sql', () => {
  it('leaves what only asks, and what another rule knows better', async () => {
    assert.deepEqual(
      await codesOf(execute('PRAGMA user_version = 3; PRAGMA defer_foreign_keys = ON'), 'basic'),
      [],
    );
    assert.deepEqual(await codesOf(execute('PRAGMA journal_mode = OFF'), 'basic'), ['dangerous-pragma']);
    assert.deepEqual(await codesOf(execute("SELECT load_extension('x')"), 'basic'), ['refused-in-sql']);
  });
});

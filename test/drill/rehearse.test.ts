// Rehearsals as an operator makes them: everything really runs on copies, and the world stays as it is.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const runbooks = join(import.meta.dirname, '../../runbooks');

/** Items with a key, tags without one, keys that differ only in case. */
const application = `PRAGMA journal_mode = wal;
  CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, at TEXT);
  CREATE TABLE tags(name TEXT);
  CREATE TABLE words(word TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID;
  CREATE TABLE loose(id TEXT PRIMARY KEY, n);
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
  INSERT INTO items SELECT i, 'item ' || i, datetime('now', '-' || i || ' days') FROM n;
  INSERT INTO tags VALUES ('red'), ('red'), ('blue');
  INSERT INTO words VALUES ('alpha'), ('beta');
  INSERT INTO loose VALUES (NULL, 1), (NULL, 2), ('x', 3);`;

const head = (name: string) =>
  `apiVersion: belay/v1\nname: ${name}\ntitle: A rehearsed runbook\ndescription: Of a test.\ntargets: { db: { driver: sqlite, path: ./app.db } }\n`;

interface Report {
  readonly exitCode: number;
  readonly state: string;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly steps: readonly { readonly id: string; readonly state: string; readonly reason?: string }[];
  readonly targets: readonly {
    readonly name: string;
    readonly path: string;
    readonly bytesBefore: number;
    readonly bytesAfter: number;
    readonly reason?: string;
    readonly effects?: { readonly schema: unknown; readonly tables: readonly unknown[] };
  }[];
  readonly gates: readonly string[];
}

async function rehearse(work: Cli, args: readonly string[]): Promise<{ report: Report; result: CliResult }> {
  const result = await work.run(['run', ...args, '--rehearse', '--non-interactive', '--output', 'json']);
  assert.equal(result.rawStdout.startsWith('{'), true, result.rawStderr);
  const report = result.json() as unknown as Report;
  assert.equal(result.exitCode, report.exitCode);
  return { report, result };
}

/** Names, bytes and times of everything in the folder. */
function worldOf(work: Cli): string[] {
  return work.list().map((name) => {
    const stat = statSync(work.path(name), { bigint: true });
    const hash = stat.isFile()
      ? createHash('sha256')
          .update(readFileSync(work.path(name)))
          .digest('hex')
      : '';
    return `${name} ${stat.mtimeNs} ${hash}`;
  });
}

const statesOf = ({ steps }: Report) => Object.fromEntries(steps.map(({ id, state }) => [id, state]));

const changing = `${head('changing')}steps:
  - id: change
    confirm: { message: Really?, expect: "\${{ target.db.name }}" }
    action: sqlite.execute
    with:
      target: db
      statements:
        - sql: DELETE FROM items WHERE id > 90
        - sql: UPDATE items SET name = upper(name) WHERE id <= 3
        - sql: INSERT INTO items(name) VALUES ('new'), ('newer')
        - sql: DELETE FROM tags WHERE rowid = 1
        - sql: INSERT INTO tags VALUES ('green')
        - sql: UPDATE words SET word = 'ALPHA' WHERE word = 'alpha'
        - sql: UPDATE loose SET n = 9 WHERE n = 2
        - sql: CREATE TABLE made(a)
        - sql: CREATE INDEX by_name ON items(name)
`;

test('a rehearsal says exactly what would change, and nothing is changed', async () => {
  await using work = cli();
  work.database('app.db', application).file('changing.yaml', changing);
  const before = worldOf(work);
  const { report } = await rehearse(work, ['changing.yaml']);
  assert.deepEqual(worldOf(work), before);
  assert.equal(report.exitCode, 0);
  assert.deepEqual(report.gates, ['change']);
  const [db] = report.targets;
  assert.equal(db?.path, work.path('app.db'));
  assert.equal(db?.bytesBefore, statSync(work.path('app.db')).size);
  assert.deepEqual(db?.effects?.schema, { added: ['index by_name', 'table made'], removed: [], changed: [] });
  assert.deepEqual(db?.effects?.tables, [
    { table: 'items', added: 0, removed: 8, changed: 5 },
    { table: 'loose', added: 1, changed: 0, removed: 1 },
    { table: 'tags', added: 1, changed: 0, removed: 1 },
    { table: 'words', added: 0, removed: 0, changed: 1 },
  ]);
});

test('a rehearsal sees what is only in the -wal of a database in use, and leaves it in use', async () => {
  await using work = cli();
  work.database('app.db', application).file('changing.yaml', changing);
  const { DatabaseSync } = await import('node:sqlite');
  using live = new DatabaseSync(work.path('app.db'));
  live.exec("BEGIN; INSERT INTO items VALUES (95000, 'in the wal', NULL); COMMIT");
  const before = worldOf(work).filter((line) => !line.startsWith('app.db-shm'));
  const { report } = await rehearse(work, ['changing.yaml']);
  assert.deepEqual(
    worldOf(work).filter((line) => !line.startsWith('app.db-shm')),
    before,
  );
  assert.deepEqual(report.targets[0]?.effects?.tables[0], {
    table: 'items',
    added: 0,
    removed: 9,
    changed: 5,
  });
});

const external = (more: string) => `${head('external')}steps:
  - id: outside
    action: command.run
    with: { argv: [touch, "./ran"] }
${more}
  - id: told
    action: notify.webhook
    with: { url: "http://127.0.0.1:1/", body: { a: 1 } }
  - id: pause
    action: wait
    with: { for: 1h }
  - id: change
    action: sqlite.execute
    with:
      target: db
      statements: [{ sql: "DELETE FROM items WHERE id <= :n", params: { n: "\${{ int(steps.outside.stdout) }}" } }]
`;

test('an external action does not run, and steps that need its outputs are not simulated either', async () => {
  await using work = cli();
  work.database('app.db', application).file('external.yaml', external(''));
  const { report, result } = await rehearse(work, ['external.yaml']);
  assert.equal(work.exists('ran'), false);
  assert.deepEqual(statesOf(report), {
    outside: 'not-simulated',
    'backup.db': 'pending',
    told: 'not-simulated',
    pause: 'not-simulated',
    change: 'not-simulated',
  });
  assert.match(result.rawStdout, /it needs `steps\.outside\.stdout`, which was not simulated/);
  assert.deepEqual(report.targets[0]?.effects?.tables, []);
});

test('a stub gives the outputs of an action that does not run', async () => {
  await using work = cli();
  work.database('app.db', application).file('external.yaml', external("    stub: { stdout: '7' }"));
  const { report } = await rehearse(work, ['external.yaml']);
  assert.equal(work.exists('ran'), false);
  assert.equal(statesOf(report).outside, 'stubbed');
  assert.deepEqual(report.targets[0]?.effects?.tables, [
    { table: 'items', added: 0, removed: 7, changed: 0 },
  ]);
});

test('a stub that leaves out an output leaves out the steps that need it', async () => {
  await using work = cli();
  work.database('app.db', application).file('external.yaml', external('    stub: { exitCode: 0 }'));
  const { report } = await rehearse(work, ['external.yaml']);
  assert.equal(statesOf(report).change, 'not-simulated');
});

test('`rehearse: run` really runs an external action', async () => {
  await using work = cli();
  work
    .database('app.db', application)
    .file(
      'external.yaml',
      external('    rehearse: run').replace('[touch, "./ran"]', '[sh, -c, "touch ran; echo 4"]'),
    );
  const { report } = await rehearse(work, ['external.yaml']);
  assert.equal(work.exists('ran'), true);
  assert.deepEqual(report.targets[0]?.effects?.tables, [
    { table: 'items', added: 0, removed: 4, changed: 0 },
  ]);
});

test('a stub is checked against the outputs of its action', async () => {
  await using work = cli();
  work.file('external.yaml', external('    stub: { stdot: x, exitCode: no number }'));
  const { exitCode, stdout, stderr } = await work.run(['validate', 'external.yaml']);
  assert.equal(exitCode, 3);
  assert.match(stdout + stderr, /runbook\/bad-stub/);
  assert.match(stdout + stderr, /has no output `stdot`[\s\S]*did you mean `stdout`/);
  assert.match(stdout + stderr, /`exitCode` of `command\.run` is a number, but the stub gives a text/);
});

test('a failing step is put back on the copy, with the exit code of the run', async () => {
  await using work = cli();
  work
    .database('app.db', application)
    .file(
      'failing.yaml',
      `${changing.replace('changing', 'failing')}  - { id: never, assert: "\${{ 1 > 2 }}" }\n`,
    );
  const before = worldOf(work);
  const { report } = await rehearse(work, ['failing.yaml']);
  assert.deepEqual(worldOf(work), before);
  assert.equal(report.exitCode, 6);
  assert.equal(report.state, 'rolled-back');
  assert.equal(report.failure?.code, 'run/assertion-false');
  assert.deepEqual(report.targets[0]?.effects?.tables, []);
  assert.deepEqual(report.targets[0]?.effects?.schema, { added: [], removed: [], changed: [] });
});

test('a rehearsal is refused as the run would be, for a target that is not there', async () => {
  await using work = cli();
  work.file('changing.yaml', changing);
  const { exitCode, stderr } = await work.run(['run', 'changing.yaml', '--rehearse']);
  assert.equal(exitCode, 4);
  assert.match(stderr, /target\/missing/);
});

test('copies that would not fit are refused before anything is copied', async (t) => {
  await using work = cli();
  const { copyTargets } = await import('../../src/drill/scratch-targets.ts');
  const { sqliteDriver } = await import('../../src/target/sqlite/index.ts');
  work.database('app.db', application);
  const huge = {
    ...sqliteDriver,
    probe: async (spec: Parameters<typeof sqliteDriver.probe>[0]) => ({
      ...(await sqliteDriver.probe(spec)),
      sizeBytes: Number.MAX_SAFE_INTEGER,
    }),
  };
  t.diagnostic('the file system is as large as it is: the target says that it is larger');
  const store = { name: 'local', path: work.path('store') };
  const spec = {
    name: 'db',
    driver: 'sqlite' as const,
    path: work.path('app.db'),
    expect: 'ok' as const,
    store,
  };
  await assert.rejects(copyTargets([spec], huge, work.folder), { code: 'drill/no-room' });
  assert.deepEqual(work.list(), ['app.db']);
});

test('what has to be approved is passed, and said', async () => {
  await using work = cli();
  const gate = 'approval: { message: Sure?, approvers: [somebody-else] }';
  work.database('app.db', application).file('changing.yaml', changing.replace(/confirm: .*/, gate));
  const { stdout, exitCode } = await work.run(['run', 'changing.yaml', '--rehearse']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /gates passed without asking: change/);
  assert.match(stdout, /items: 5 rows changed, 8 rows removed/);
  assert.match(stdout, /index by_name: added/);
});

test('a report in Markdown keeps what databases say as text', async () => {
  await using work = cli();
  work
    .database('app.db', 'CREATE TABLE "a|b<c>"(id INTEGER PRIMARY KEY)')
    .file(
      'odd.yaml',
      `${head('odd')}steps:\n  - id: add\n    action: sqlite.execute\n    with: { target: db, sql: 'INSERT INTO "a|b<c>" VALUES (1)' }\n`,
    );
  const { stdout, exitCode } = await work.run(['run', 'odd.yaml', '--rehearse', '--output', 'markdown']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /- a\\\|b&lt;c>: 1 row added/);
});

test('a database that this user may only read can be rehearsed', async () => {
  await using work = cli();
  work.database('app.db', application).file('changing.yaml', changing);
  chmodSync(work.path('app.db'), 0o444);
  const { report } = await rehearse(work, ['changing.yaml']);
  assert.equal(report.exitCode, 0);
});

const prune = ['-p', 'table=items', '-p', 'column=at', '-p', 'olderThan=60d'];
const bundled: readonly [name: string, args: readonly string[]][] = [
  ['prune', prune],
  ['daily-maintenance', ['-p', 'entries=items', '-p', 'entryExpiry=at', '-p', 'maxShare=1']],
  ['weekly-optimization', []],
  ['hourly-health', []],
];

for (const [name, args] of bundled) {
  test(`the bundled runbook ${name} rehearses`, async () => {
    await using work = cli();
    work.database('app.db', application);
    const before = worldOf(work);
    const { report, result } = await rehearse(work, [
      join(runbooks, `${name}.yaml`),
      '-p',
      'database=app.db',
      ...args,
    ]);
    assert.equal(report.exitCode, 0, result.rawStdout);
    assert.deepEqual(worldOf(work), before);
  });
}

test('the bundled runbook safe-migration rehearses', async () => {
  await using work = cli();
  work
    .database('app.db', application)
    .file('migrations/0001_add.sql', 'ALTER TABLE items ADD COLUMN note TEXT;');
  const { report, result } = await rehearse(work, [
    join(runbooks, 'safe-migration.yaml'),
    '-p',
    'database=app.db',
    '-p',
    'migrations=migrations',
  ]);
  assert.equal(report.exitCode, 0, result.rawStdout);
  const { schema } = report.targets[0]?.effects ?? {};
  assert.deepEqual(schema, { added: ['table migrations_applied'], removed: [], changed: ['table items'] });
});

test('the runbooks that restore rehearse with the backups of the live database', async () => {
  await using work = cli();
  work.database('app.db', application);
  const made = await work.run(['backup', 'create', '--path', 'app.db', '--output', 'json']);
  assert.equal(made.exitCode, 0, made.rawStderr);
  const { DatabaseSync } = await import('node:sqlite');
  {
    using live = new DatabaseSync(work.path('app.db'));
    live.exec('DELETE FROM items WHERE id <= 30');
  }
  const before = worldOf(work);
  const restored = [{ table: 'items', added: 30, removed: 0, changed: 0 }];
  const restore = [
    join(runbooks, 'restore.yaml'),
    '-p',
    'database=app.db',
    '-p',
    'before=2100-01-01T00:00:00Z',
  ];
  const first = await rehearse(work, restore);
  assert.equal(first.report.exitCode, 0, first.result.rawStdout);
  assert.deepEqual(first.report.targets[0]?.effects?.tables, restored);
  const recovery = [
    join(runbooks, 'disaster-recovery.yaml'),
    '-p',
    'database=app.db',
    '-p',
    'force=true',
    '-p',
    'unit=a.service',
  ];
  const second = await rehearse(work, recovery);
  assert.equal(second.report.exitCode, 0, second.result.rawStdout);
  assert.equal(statesOf(second.report).stop, 'not-simulated');
  assert.deepEqual(second.report.targets[0]?.effects?.tables, restored);
  assert.deepEqual(worldOf(work), before);
});

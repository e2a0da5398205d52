// `belay test`: cases beside runbooks, run for real on scratch databases; what differs is said at its line.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');

const runbook = `apiVersion: belay/v1
name: purge
title: Of a test
description: Of a test.
params: { days: { type: integer, default: 30 }, note: { type: string } }
targets: { db: { driver: sqlite, path: ./data/app.db } }
steps:
  - id: ask
    action: http.check
    with: { url: "http://127.0.0.1:1/" }
  - id: purge
    confirm: { message: Really?, expect: "\${{ target.db.name }}" }
    action: sqlite.execute
    with: { target: db, sql: DELETE FROM items WHERE id > 1 }
  - id: approve
    if: \${{ params.note != null }}
    approval: { message: Good?, approvers: [somebody], minApprovals: 1 }
  - id: left
    action: sqlite.query
    with: { target: db, sql: SELECT count(*) AS n FROM items }
  - id: sound
    assert: \${{ steps.left.row.n < params.days }}
    message: too many are left
outputs: { left: "\${{ steps.left.row.n }}", status: "\${{ steps.ask.status }}" }
`;

const live = 'CREATE TABLE items(id INTEGER PRIMARY KEY); INSERT INTO items VALUES (1), (2), (3)';
const common = `    fixture: { sql: "${live}" }
    stubs: { ask: { status: 204 } }
`;

/** One case with what is given, beside the runbook. */
function project(cases: string): Cli {
  return cli()
    .file('belay.yaml', 'apiVersion: belay/v1\n')
    .file('runbooks/purge.yaml', runbook)
    .file('runbooks/purge.test.yaml', `cases:\n${cases}`);
}

const sound = `  - name: purges
${common}    confirm: { purge: app.db }
    expect:
      states: { ask: stubbed, purge: succeeded, approve: skipped, backup.db: succeeded }
      outputs: { left: 1, status: 204 }
      rows:
        - { target: db, sql: SELECT id FROM items, equals: [{ id: 1 }] }
        - { sql: SELECT count(*) FROM items, equals: 1 }
`;

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

test('a case runs for real on its fixture, and the live database of the same path stays as it is', async () => {
  await using work = project(sound);
  work.database('data/app.db', `PRAGMA journal_mode = wal; ${live.replaceAll('items', 'others')}`);
  const [before, files] = [hashOf(work.path('data/app.db')), work.list()];
  const scratch = mkdtempSync(join(tmpdir(), 'belay-cases-'));
  const { exitCode, stdout } = await work.run(['test'], { env: { TMPDIR: scratch } });
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /^runbooks\/purge\.test\.yaml\n {2}passed {3}purges {2}/);
  assert.match(stdout, /^1 case: 1 passed$/m);
  assert.equal(hashOf(work.path('data/app.db')), before);
  assert.deepEqual(work.list(), files, 'no state folder, no lease, no backup');
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name.startsWith('belay-')),
    [],
    'no scratch folder',
  );
  rmSync(scratch, { recursive: true });
});

test('each difference is said with what was expected and found, at its line', async () => {
  await using work = project(`  - name: expects too much
${common}    confirm: { purge: app.db }
    expect:
      exit: 6
      failure: never said
      states: { purge: skipped }
      outputs: { left: 2 }
      rows:
        - { sql: SELECT id FROM items, equals: [{ id: 1 }, { id: 2 }] }
        - { sql: SELECT missing FROM items, equals: 1 }
        - { sql: DELETE FROM items, equals: 1 }
`);
  const { exitCode, stdout } = await work.run(['test', 'runbooks/purge.test.yaml', '--junit', 'out.xml']);
  assert.equal(exitCode, 12);
  assert.match(stdout, /^ {2}failed {3}expects too much/m);
  for (const [line, message] of [
    [7, /expected exit 6, found 0/],
    [8, /expected a failure with `never said`, found none/],
    [9, /step `purge`: expected `skipped`, found `succeeded`/],
    [10, /output `left`: expected `2`, found `1`/],
    [12, /`SELECT id FROM items`: expected `\[\{"id":1\},\{"id":2\}\]`, found `\[\{"id":1\}\]`/],
    [13, /`SELECT missing FROM items` cannot be asked: .*no such column: missing/],
    [14, /`DELETE FROM items` cannot be asked/],
  ] as const) {
    assert.match(
      stdout,
      new RegExp(`error\\[test/failed\\]: expects too much: .*\n *--> runbooks/purge\\.test\\.yaml:${line}:`),
    );
    assert.match(stdout, message);
  }
  assert.match(stdout, /^1 case: 0 passed, 1 failed$/m);
  assert.match(work.read('out.xml'), /<testsuite name="runbooks\/purge\.test\.yaml" tests="1" failures="1"/);
  const json = await work.run(['test', '--output', 'json']);
  const [first] = json.json().cases as {
    name: string;
    state: string;
    exitCode: number;
    findings: { line: number }[];
  }[];
  assert.equal(first?.state, 'failed');
  assert.equal(first?.exitCode, 0);
  assert.equal(first?.findings[0]?.line, 7);
  const github = await work.run(['test', '--output', 'github']);
  assert.match(github.stdout, /^::error file=runbooks\/purge\.test\.yaml,line=7/m);
});

test('a failing step is put back in the case as in a run', async () => {
  await using work = project(`  - name: is put back
${common}    params: { days: 1 }
    confirm: { purge: app.db }
    expect:
      exit: 6
      failure: too many are left
      states: { purge: rolled-back, sound: failed }
      rows: [{ sql: SELECT count(*) FROM items, equals: 3 }]
`);
  const { exitCode, stdout } = await work.run(['test']);
  assert.equal(exitCode, 0, stdout);
});

test('a gate that the case does not answer is declined, a wrong text too, and an approval is waited for', async () => {
  await using work = project(`  - name: unanswered
${common}    expect: { exit: 5, failure: the case does not answer it, rows: [{ sql: SELECT count(*) FROM items, equals: 3 }] }
  - name: wrong text
${common}    confirm: { purge: other.db }
    expect: { exit: 5, failure: "\`app.db\` was expected" }
  - name: waits
${common}    params: { note: please }
    confirm: { purge: app.db }
    expect: { exit: 8, states: { approve: waiting, sound: pending } }
  - name: approved
${common}    params: { note: please }
    confirm: { purge: app.db, approve: yes }
    expect: { states: { approve: succeeded } }
`);
  const { exitCode, stdout } = await work.run(['test', 'runbooks/purge.yaml']);
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /4 cases: 4 passed/);
});

test('a step without a stub is not simulated, and nothing outside is touched', async () => {
  await using work = project(`  - name: without a stub
    fixture: { db: { sql: "${live}" } }
    confirm: { purge: app.db }
    expect: { states: { ask: not-simulated, purge: succeeded }, outputs: { left: 1 } }
`);
  const { exitCode, stdout } = await work.run(['test']);
  assert.equal(exitCode, 0, stdout);
});

test('an environment gives what a case does not say', async () => {
  await using work = project(`  - name: by the environment
    confirm: { purge: app.db }
    expect: { outputs: { left: 1, status: 200 } }
  - name: a case goes before it
    fixture: { sql: "CREATE TABLE items(id); INSERT INTO items VALUES (0), (1)" }
    stubs: { ask: { status: 201 } }
    confirm: { purge: app.db }
    expect: { outputs: { left: 2, status: 201 } }
`);
  work.file(
    'belay.yaml',
    `apiVersion: belay/v1
environments:
  ci:
    fixtures: { purge/db: ./items.sql }
    stubs: { ask: { status: 200 } }
`,
  );
  work.file('items.sql', `${live};`);
  assert.match((await work.run(['test', '--env', 'ci'])).stdout, /2 cases: 2 passed/);
  const without = await work.run(['test']);
  assert.equal(without.exitCode, 3);
  assert.match(without.stdout, /error\[test\/no-fixture\]: the case has no fixture for `db`/);
  assert.match(without.stdout, /2 cases: 1 passed, 1 could not be run/);
  assert.equal((await work.run(['test', '--env', 'cd'])).exitCode, 2);
});

const expectNothing = '    expect: { exit: 0 }\n';
const wrong: readonly (readonly [
  what: string,
  cases: string,
  code: string,
  message: RegExp,
  line: number,
])[] = [
  [
    'an unknown step',
    `  - { name: a, expect: { states: { purg: failed } } }\n`,
    'test/unknown-name',
    /has no step `purg`[\s\S]*did you mean `purge`/,
    2,
  ],
  [
    'an unknown state',
    `  - { name: a, expect: { states: { purge: suceeded } } }\n`,
    'document/not-allowed-value',
    /did you mean `succeeded`/,
    2,
  ],
  [
    'an unknown target',
    `  - { name: a, fixture: { bd: { sql: SELECT 1 } }, expect: {} }\n`,
    'test/unknown-name',
    /has no target `bd`/,
    2,
  ],
  [
    'an unknown output',
    `  - { name: a, expect: { outputs: { lft: 1 } } }\n`,
    'test/unknown-name',
    /has no output `lft`/,
    2,
  ],
  [
    'an unknown param',
    `  - { name: a, params: { dayz: 1 }, expect: {} }\n`,
    'runbook/param-unknown',
    /has no param `dayz`/,
    2,
  ],
  [
    'a param of another type',
    `  - { name: a, params: { days: many }, expect: {} }\n`,
    'runbook/param-value',
    /param `days`/,
    2,
  ],
  [
    'a stub of an unknown step',
    `  - { name: a, stubs: { aks: { status: 1 } }, expect: {} }\n`,
    'test/unknown-name',
    /has no step `aks`/,
    2,
  ],
  [
    'a stub that does not fit',
    `  - { name: a, stubs: { ask: { statuz: 1 } }, expect: {} }\n`,
    'drill/bad-stub',
    /has no output `statuz`/,
    2,
  ],
  [
    'an answer to a step without a gate',
    `  - { name: a, confirm: { left: yes }, expect: {} }\n`,
    'test/unknown-name',
    /has no step `left` with a gate/,
    2,
  ],
  [
    'a text for a gate that asks for none',
    `  - { name: a, confirm: { approve: perhaps }, expect: {} }\n`,
    'test/bad-answer',
    /answer `yes` or `no`/,
    2,
  ],
  [
    'a missing fixture file',
    `  - { name: a, fixture: no.sql, expect: {} }\n`,
    'drill/bad-fixture',
    /`no\.sql` does not exist/,
    2,
  ],
  [
    'a fixture outside the project',
    `  - { name: a, fixture: /etc/passwd, expect: {} }\n`,
    'drill/bad-fixture',
    /lies outside the project/,
    2,
  ],
  [
    'the same name twice',
    `  - name: a\n${expectNothing}  - name: a\n${expectNothing}`,
    'test/duplicate-name',
    /two cases are called `a`/,
    4,
  ],
  ['an unknown key', `  - { name: a, expects: {} }\n`, 'document/unknown-key', /did you mean `expect`/, 2],
];
for (const [what, cases, code, message, line] of wrong)
  test(`${what} is an error at its place, also for validate`, async () => {
    await using work = project(cases);
    const { exitCode, stdout } = await work.run(['test']);
    assert.equal(exitCode, 3, stdout);
    assert.ok(stdout.startsWith(`error[${code}]`), stdout);
    assert.match(stdout, message);
    assert.match(stdout, new RegExp(`--> runbooks/purge\\.test\\.yaml:${line}:`));
    const validate = await work.run(['validate']);
    assert.equal(validate.exitCode, 3);
    assert.ok(validate.stdout.includes(`error[${code}]`), validate.stdout);
  });

test('a fixture whose SQL is wrong is an error of its case, at the statement; the others run', async () => {
  await using work = project(`  - name: broken
    fixture: items.sql
    expect: {}
${sound}`);
  work.file('items.sql', 'CREATE TABLE items(id);\n-- A remark.\nINSERT INTO item VALUES (1);\n');
  const { exitCode, stdout } = await work.run(['test']);
  assert.equal(exitCode, 3);
  assert.match(
    stdout,
    /errored {2}broken[\s\S]*error\[drill\/bad-fixture\]: .*no such table: item\n *--> items\.sql:3:1/,
  );
  assert.match(stdout, /2 cases: 1 passed, 1 could not be run/);
});

test('cases without a runbook, and no cases at all, are said', async () => {
  await using work = project(sound);
  work.file('runbooks/lost.test.yaml', `cases:\n${sound}`);
  const { exitCode, stdout } = await work.run(['test']);
  assert.equal(exitCode, 3);
  assert.match(
    stdout,
    /error\[test\/no-runbook\]: there is no runbook `lost\.yaml` beside `lost\.test\.yaml`/,
  );
  assert.match(stdout, /1 case: 1 passed, 1 finding in the files/);
  work.file('other/bare.yaml', runbook);
  assert.match((await work.run(['test', 'other'])).stderr, /error\[test\/no-cases\]/);
  assert.equal((await work.run(['test', 'nowhere'])).exitCode, 2);
  await using empty = cli();
  const none = await empty.run(['test']);
  assert.equal(none.exitCode, 0);
  assert.match(none.stdout, /^no test cases$/m);
});

test('Ctrl-C stops the cases, says that only scratch databases were touched, and leaves nothing', async () => {
  await using work = project(sound);
  work.file(
    'runbooks/purge.yaml',
    runbook.replace(
      'sql: DELETE FROM items WHERE id > 1',
      `sql: "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) DELETE FROM items WHERE id = (SELECT max(i) FROM n)"`,
    ),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'belay-cases-'));
  const running = work.start(['test'], { env: { TMPDIR: scratch } });
  while (!readdirSync(scratch, { recursive: true }).some((name) => String(name).includes('journal.db')))
    await new Promise((resolve) => setTimeout(resolve, 50));
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.ended;
  assert.equal(exitCode, 130);
  assert.match(
    stderr,
    /error\[test\/interrupted\][\s\S]*only scratch databases were touched, and they are gone/,
  );
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name.startsWith('belay-')),
    [],
  );
  rmSync(scratch, { recursive: true });
});

test('the cases of the bundled runbooks pass', async () => {
  await using work = cli();
  const { exitCode, stdout } = await work.run(['test', '--junit', work.path('out.xml')], { cwd: root });
  assert.equal(exitCode, 0, stdout);
  for (const name of ['prune', 'safe-migration', 'daily-maintenance', 'restore', 'disaster-recovery'])
    assert.match(stdout, new RegExp(`^runbooks/${name}\\.test\\.yaml$`, 'm'));
  assert.match(work.read('out.xml'), /failures="0" errors="0"/);
});

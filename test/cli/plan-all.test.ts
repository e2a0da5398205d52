// `belay plan --all`: on fixtures, the same text on every machine, one bad runbook never hiding the others.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cli } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'dist/cli.js');
const golden = readFileSync(join(root, 'test/fixtures/runbooks/plan.txt'), 'utf8');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A checkout of this project at another path. */
function checkout(name: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'belay-checkout-')), name);
  folders.push(join(folder, '..'));
  for (const part of ['belay.yaml', 'runbooks', 'test/fixtures/runbooks'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  return folder;
}

function everything(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((name) => `${name} ${statSync(join(folder, name), { bigint: true }).mtimeNs}`);
}

test('the plans of the bundled runbooks are those that a reviewer has seen', () => {
  const stdout = execFileSync(process.execPath, [program, 'plan', '--all', '--env', 'ci'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TMPDIR: tmpdir() },
  });
  assert.equal(
    stdout,
    golden,
    'if the change is meant: belay plan --all --env ci > test/fixtures/runbooks/plan.txt',
  );
});

test('two checkouts at different paths, with other HOME, TZ, locale, umask and terminal, give the same bytes', () => {
  const texts = [
    { umask: '077', env: { HOME: '/', TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', COLUMNS: '200' } },
    { umask: '000', env: { HOME: tmpdir(), TZ: 'America/St_Johns', LANG: 'C', CI: '1' } },
  ].map(({ umask, env }, i) => {
    const cwd = checkout(['a', 'a much longer name, with spaces'][i] ?? '');
    const before = everything(cwd);
    const stdout = execFileSync(
      'sh',
      ['-c', `umask ${umask}; exec "$0" "$1" plan --all --env ci`, process.execPath, program],
      { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, TMPDIR: tmpdir(), ...env } },
    );
    assert.deepEqual(everything(cwd), before, 'a plan writes nothing');
    return stdout;
  });
  assert.equal(texts[0], golden);
  assert.equal(texts[1], golden);
});

const runbook = (name: string, path = './data/app.db', params = '') => `apiVersion: belay/v1
name: ${name}
title: Of a test
description: Of a test.
${params}targets: { db: { driver: sqlite, path: ${path} } }
steps:
  - { id: rows, action: sqlite.query, with: { target: db, sql: SELECT count(*) AS n FROM items } }
  - { id: enough, assert: "\${{ steps.rows.row.n > 1 }}" }
`;
const belayYaml = `apiVersion: belay/v1
environments:
  ci:
    fixtures:
      db: { sql: "CREATE TABLE items(a); INSERT INTO items VALUES (1), (2)" }
`;

function project() {
  return cli().file('belay.yaml', belayYaml).file('runbooks/sound.yaml', runbook('sound'));
}

const ci = ['plan', '--all', '--env', 'ci'];

test('a runbook whose target has neither a fixture nor a database is a finding, and the others are planned', async () => {
  await using work = project();
  work.file(
    'runbooks/lost.yaml',
    runbook('lost').replace('db: {', 'other: {').replaceAll('target: db', 'target: other'),
  );
  const { exitCode, stdout } = await work.run(ci);
  assert.equal(exitCode, 3);
  assert.match(stdout, /^sound: Of a test$/m);
  assert.match(stdout, /^lost: cannot be planned$/m);
  assert.match(
    stdout,
    /error\[plan\/no-fixture\]: target `other` of runbook `lost` has no fixture, and there is no database `data\/app\.db`/,
  );
  assert.match(stdout, /--> runbooks\/lost\.yaml:5:/);
  assert.match(stdout, /fix: add `other: FILE` under `environments\.ci\.fixtures` in belay\.yaml/);
  assert.match(stdout, /^1 runbook planned, 1 cannot be planned$/m);
  const bare = await work.run(['plan', '--all']);
  assert.match(bare.stdout, /fix: name an environment that has a fixture for it: `--env NAME`/);
});

test('an environment that is not declared is said once, and nothing is planned', async () => {
  await using work = project();
  work.file('runbooks/second.yaml', runbook('second'));
  const { exitCode, stdout, stderr } = await work.run(['plan', '--all', '--env', 'cj']);
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^error\[usage\/unknown-environment\].*\nfix: did you mean `--env ci`\?\n$/);
});

test('a database that is there needs no fixture', async () => {
  await using work = project();
  work.database('data/app.db', 'CREATE TABLE items(a)');
  const { exitCode, stdout } = await work.run(['plan', '--all']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /does not hold now/);
  assert.match((await work.run(ci)).stdout, /holds now/);
});

test('a target that belongs to an environment is planned on the fixture of another', async () => {
  await using work = project();
  work
    .file(
      'belay.yaml',
      `${belayYaml}  prod: { policy: { requirePlan: true } }\ntargets: { nerve: { driver: sqlite, path: ./data/app.db, environment: prod } }\n`,
    )
    .file('runbooks/used.yaml', runbook('used').replace('driver: sqlite, path: ./data/app.db', 'use: nerve'))
    .file('runbooks/sound.yaml', runbook('sound').replaceAll('db', 'app'));
  work.file('belay.yaml', work.read('belay.yaml').replace('      db:', '      nerve:'));
  const { exitCode, stdout } = await work.run(ci);
  assert.equal(exitCode, 3);
  assert.match(stdout, /^used: Of a test$[\s\S]*data\/app\.db · ok/m);
  assert.match(stdout, /target `app` of runbook `sound` has no fixture/);
});

test('a required param that the environment does not give is a finding', async () => {
  await using work = project();
  work.file(
    'runbooks/needs.yaml',
    runbook('needs', './data/app.db', 'params: { days: { type: integer, required: true } }\n'),
  );
  const { exitCode, stdout } = await work.run(ci);
  assert.equal(exitCode, 3);
  assert.match(stdout, /^sound: Of a test$/m);
  assert.match(stdout, /error\[runbook\/param-missing\]: param `days` is required/);
  assert.match(stdout, /fix: add `days` under `environments\.ci\.params` in belay\.yaml/);
});

test('a file that does not compile and a fixture that does not load are findings, and hide no other runbook', async () => {
  await using work = project();
  work
    .file('runbooks/bad.yaml', runbook('bad').replace('action: sqlite.query', 'action: sqlite.kwery'))
    .file('runbooks/other.yaml', runbook('other'))
    .file('belay.yaml', `${belayYaml}      other/db: { sql: "CREATE TABEL items(a)" }\n`);
  const { exitCode, stdout } = await work.run(ci);
  assert.equal(exitCode, 3);
  assert.match(stdout, /error\[runbook\/unknown-action\]/);
  assert.match(
    stdout,
    /error\[drill\/bad-fixture\]: fixture `SQL written in place` cannot be loaded: .*TABEL.*\n.*belay\.yaml:6/,
  );
  assert.match(stdout, /^1 runbook planned, 2 cannot be planned$/m);
});

test('a run that would be refused ends with 4, and is said in every form of report', async () => {
  await using work = project();
  const empty = belayYaml.replace(/"CREATE.*"/, '"CREATE TABLE items(a)"');
  const refused = runbook('refused').replace(
    'steps:',
    'preconditions:\n  - { id: never, assert: "${{ 1 > 2 }}", message: Not today }\nsteps:',
  );
  work.file('belay.yaml', empty).file('runbooks/refused.yaml', refused);
  const { exitCode, stdout } = await work.run([...ci, '--junit', 'plan.xml', '--sarif', 'plan.sarif']);
  assert.equal(exitCode, 4);
  assert.match(stdout, /2 runbooks planned, 1 would be refused/);
  assert.match(work.read('plan.xml'), /<testsuite name="plan" tests="2" failures="1" errors="0"/);
  assert.match(work.read('plan.sarif'), /run\/precondition-unmet/);
  const github = await work.run([...ci, '--output', 'github']);
  assert.match(github.stdout, /^::error file=runbooks\/refused\.yaml,line=7/m);
  const { json, exitCode: same } = await work.run([...ci, '--output', 'json']);
  assert.equal(same, 4);
  assert.equal((json().plans as unknown[]).length, 2);
  assert.equal((json().findings as { code: string }[])[0]?.code, 'run/precondition-unmet');
  const markdown = await work.run([...ci, '--output', 'markdown']);
  assert.match(markdown.stdout, /### Plan: refused[\s\S]*\*\*A run would be refused now\.\*\*/);
  assert.equal((await work.run([...ci, '--quiet'])).stdout.includes('sound: Of a test'), false);
});

test('fixtures and stubs that no runbook takes are warnings, with the nearest name', async () => {
  await using work = project();
  work.file(
    'belay.yaml',
    `${belayYaml}      bd: ./x.sql
      sund/db: ./x.sql
    backups: { sound/bd: [{ from: ./x.sql, at: "2026-01-01T00:00:00Z" }] }
    stubs: { rowz: { n: 1 } }\n`,
  );
  const { exitCode, stdout } = await work.run(ci);
  assert.equal(exitCode, 0, stdout);
  assert.match(
    stdout,
    /warning\[drill\/unused-fixture\]: no runbook has a target `bd`\n *--> belay\.yaml:6:/,
  );
  assert.match(stdout, /there is no runbook `sund`[\s\S]*fix: did you mean `sound`\?/);
  assert.match(stdout, /runbook `sound` has no target `bd`/);
  assert.match(stdout, /warning\[drill\/unused-stub\]: no runbook has a step `rowz`/);
  const validate = await work.run(['validate']);
  assert.equal(validate.exitCode, 0);
  assert.match(validate.stdout, /0 errors, 4 warnings/);
});

test('a plan made on a fixture runs on nothing else, and a rehearsal refuses a stale one', async () => {
  await using work = project();
  work.database('data/app.db', 'CREATE TABLE items(a); INSERT INTO items VALUES (1), (2)');
  await work.run(['plan', 'sound', '--env', 'ci', '--out', 'plan.json']);
  const run = await work.run(['run', '--plan', 'plan.json', '--env', 'ci']);
  assert.equal(run.exitCode, 4);
  assert.match(
    run.stderr,
    /the plan was made on `SQL written in place`, which stands for target\s+`db` in plans and rehearsals only/,
  );
  assert.equal((await work.run(['run', '--plan', 'plan.json', '--rehearse'])).exitCode, 0);
  work.file('belay.yaml', belayYaml.replace('items(a)', 'items(a, b)').replace('(1), (2)', '(1, 1), (2, 2)'));
  const stale = await work.run(['run', '--plan', 'plan.json', '--rehearse']);
  assert.equal(stale.exitCode, 4);
  assert.match(stale.stderr, /error\[plan\/stale\]/);
  await work.run(['plan', 'sound', '--out', 'live.json']);
  work.file('runbooks/sound.yaml', runbook('sound').replace('n > 1', 'n > 0'));
  for (const how of ['--rehearse', '--dry-run']) {
    const { exitCode, stderr } = await work.run(['run', '--plan', 'live.json', how]);
    assert.equal(exitCode, 4, how);
    assert.match(stderr, /the plan is stale: file runbooks\/sound\.yaml changed/);
  }
});

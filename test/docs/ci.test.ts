// The files that docs/how-to/ci.md offers for CI and for commits: what they may do, and what their commands do on a project.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { type Cli, cli } from '../support/cli.ts';
import { junitProblems, sarifProblems } from '../support/published-schemas.ts';
import { root } from './support.ts';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, 'docs', 'how-to', 'ci');
const text = readFileSync(join(folder, 'runbooks.yml'), 'utf8');
const workflow = parse(text) as Workflow;
const jobs = Object.entries(workflow.jobs);

const projectFile = `apiVersion: belay/v1
targets:
  app: { driver: sqlite, path: ./app.db }
environments:
  ci:
    fixtures: { app: ./fixtures/app.sql }
`;
const runbook = `apiVersion: belay/v1
name: purge
title: Purge expired sessions
targets:
  app: { use: app }
steps:
  - id: purge
    confirm: { message: Delete expired sessions?, expect: "\${{ target.app.name }}" }
    action: sqlite.execute
    with:
      target: app
      statements:
        - sql: DELETE FROM sessions WHERE expires < 5
          changes: { max: 10 }
    timeout: 5m
`;

const cases = `cases:
  - name: deletes what has expired
    confirm: { purge: app.db }
    expect:
      exit: 0
      rows:
        - { target: app, sql: SELECT count(*) FROM sessions, equals: 1 }
`;

/** A repository with one runbook on its branch `main`, and the programs that the workflow calls: real, or noted down. */
function repository(): Cli {
  const program = cli()
    .file('repo/belay.yaml', projectFile)
    .file('repo/runbooks/purge.yaml', runbook)
    .file('repo/runbooks/purge.test.yaml', cases)
    .file(
      'repo/fixtures/app.sql',
      'CREATE TABLE sessions(id INTEGER PRIMARY KEY, expires INTEGER);\nINSERT INTO sessions VALUES (1, 3), (2, 9);\n',
    )
    .file('bin/belay', `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin', 'belay.js')}' "$@"\n`)
    .file('bin/npm', '#!/bin/sh\necho "npm $*" >> "$NOTES"\n')
    .file('bin/gh', '#!/bin/sh\necho "gh $*" >> "$NOTES"\n')
    .file('summary.md', '')
    .file('notes', '');
  for (const name of ['belay', 'npm', 'gh']) chmodSync(program.path(`bin/${name}`), 0o755);
  shell(program, 'git init -q -b main && git add -A && git commit -q -m base');
  return program;
}

function shell(program: Cli, script: string, env: Readonly<Record<string, string>> = {}) {
  const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: program.path('repo'),
    encoding: 'utf8',
    env: {
      PATH: `${program.path('bin')}:${process.env.PATH}`,
      HOME: program.folder,
      TMPDIR: process.env.TMPDIR ?? '/tmp',
      NOTES: program.path('notes'),
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
      ...env,
    },
  });
  return { status: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

describe('the workflow for pull requests', () => {
  test('runs without secrets, with the least rights, and nothing of the event inside a command', () => {
    assert.equal(workflow.on, 'pull_request');
    assert.doesNotMatch(text.replaceAll(/^ *#.*$/gm, ''), /pull_request_target|secrets\./);
    assert.deepEqual(workflow.permissions, { contents: 'read' });
    for (const [name, job] of jobs) {
      const writes = Object.values(job.permissions ?? {}).includes('write');
      if (writes) assert.match(job.if ?? '', /head\.repo\.full_name == github\.repository/, name);
      for (const step of job.steps) {
        assert.doesNotMatch(
          step.run ?? '',
          /\$\{\{/,
          'an expression in a command could be made of a branch name',
        );
        if (writes)
          assert.doesNotMatch(
            step.run ?? '',
            /belay (run|test|drill|resume)/,
            'runs the branch with a token',
          );
        if (step.uses?.startsWith('actions/checkout'))
          assert.equal(step.with?.['persist-credentials'], false);
      }
    }
  });

  test('its commands pass on a change that is sound, and say what it means', async () => {
    await using program = repository();
    program.file('repo/runbooks/purge.yaml', runbook.replace('max: 10', 'max: 20'));
    shell(program, 'git checkout -q -b change && git commit -qam change');
    for (const [name, job] of jobs)
      for (const { run } of job.steps) {
        if (run === undefined) continue;
        const { status, output } = shell(program, run, eventOf(program));
        assert.equal(status, 0, `${name}: ${run}\n${output}`);
      }
    assert.match(program.read('summary.md'), /max.*20/s, 'what the change means');
    assert.match(program.read('summary.md'), /### Plan: purge/);
    assert.match(program.read('notes'), /^npm install --global \.\/\.base\/tools\/belay/m);
    assert.match(program.read('notes'), /^gh pr comment 7 .*--body-file review\.md$/m);
    assert.match(program.read('repo/review.md'), /purge/);
    for (const report of ['test.xml', 'drill.xml'])
      assert.deepEqual(await junitProblems(program.read(`repo/${report}`)), []);
    assert.deepEqual(sarifProblems(program.read('repo/lint.sarif')), []);
  });

  test('a change that is broken stops it, with the line', async () => {
    await using program = repository();
    program.file('repo/runbooks/purge.yaml', runbook.replace('max: 10', 'most: 10'));
    shell(program, 'git checkout -q -b change && git commit -qam change');
    const run = workflow.jobs.review?.steps.find((step) => step.run?.startsWith('belay validate'))?.run ?? '';
    const { status, output } = shell(program, run, eventOf(program));
    assert.equal(status, 3);
    assert.match(output, /^::error file=runbooks\/purge\.yaml,line=14,/m);
  });

  test('a change that is a risk stops it after the report for code scanning is written', async () => {
    await using program = repository();
    program.file(
      'repo/runbooks/purge.yaml',
      runbook.replace(' WHERE expires < 5', '').replace(/^.*changes: .*\n/m, ''),
    );
    shell(program, 'git checkout -q -b change && git commit -qam change');
    const commandOf = (job: string) =>
      workflow.jobs[job]?.steps.find((step) => step.run?.startsWith('belay lint'))?.run ?? '';
    assert.equal(shell(program, commandOf('review'), eventOf(program)).status, 12);
    assert.equal(shell(program, commandOf('report'), eventOf(program)).status, 0);
    assert.match(program.read('repo/lint.sarif'), /"ruleId": "lint\//);
  });
});

function eventOf(program: Cli): Readonly<Record<string, string>> {
  return {
    BASE: 'main',
    HEAD: 'change',
    NUMBER: '7',
    GITHUB_STEP_SUMMARY: program.path('summary.md'),
    CI: 'true',
  };
}

describe('before a commit', () => {
  test('the hook of git looks at what is committed, not at what lies there', async () => {
    await using program = repository();
    copyFileSync(join(folder, 'pre-commit'), program.path('repo/.git/hooks/pre-commit'));
    const broken = runbook.replace('steps:', 'stepz:');

    program.file('repo/runbooks/purge.yaml', broken);
    shell(program, 'git add -A');
    program.file('repo/runbooks/purge.yaml', runbook);
    const refused = shell(program, 'git commit -q -m broken');
    assert.notEqual(refused.status, 0);
    assert.match(refused.output, /--> runbooks\/purge\.yaml:6:1/);

    shell(program, 'git add -A');
    program.file('repo/runbooks/purge.yaml', broken).file('repo/readme.md', 'x\n');
    const accepted = shell(program, 'git add readme.md && git commit -q -m sound');
    assert.equal(accepted.status, 0, accepted.output);

    shell(program, 'git checkout -q -- runbooks');
    program.file('repo/runbooks/second.yaml', runbook.replace('name: purge', 'name: second'));
    const second = shell(program, 'git add -A && git commit -q -m second');
    assert.equal(second.status, 0, second.output);
    assert.ok(existsSync(program.path('repo/.git/hooks/pre-commit')));
  });

  test('the hooks of pre-commit are commands that pass on a sound project and stop a broken one', async () => {
    const config = parse(readFileSync(join(folder, 'pre-commit-config.yaml'), 'utf8')) as {
      repos: { hooks: { id: string; entry: string; files: string }[] }[];
    };
    const hooks = config.repos.flatMap((repo) => repo.hooks);
    await using program = repository();
    for (const { entry, files } of hooks) {
      assert.match('runbooks/purge.yaml', new RegExp(files));
      assert.doesNotMatch('src/index.ts', new RegExp(files));
      const { status, output } = shell(program, entry);
      assert.equal(status, 0, output);
    }
    writeFileSync(program.path('repo/runbooks/purge.yaml'), runbook.replace('steps:', 'stepz:'));
    for (const { entry } of hooks) assert.equal(shell(program, entry).status, 3, entry);
  });
});

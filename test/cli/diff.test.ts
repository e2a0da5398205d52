// `belay diff` from outside: files, folders and plans, each output, exit codes, and what hostile text cannot do.

import assert from 'node:assert/strict';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lostWhere, runbook } from '../review/diff/support.ts';
import { type Cli, cli } from '../support/cli.ts';
import { junitProblems, sarifProblems } from '../support/published-schemas.ts';

const pairs = join(import.meta.dirname, '..', 'review', 'diff', 'pairs');

/** The two sides of a pair, as `old` and `new`. */
function places(name: string): Cli {
  const files = cli();
  for (const side of ['old', 'new']) cpSync(join(pairs, name, side), files.path(side), { recursive: true });
  return files;
}

describe('belay diff', () => {
  test('says the verdict first, then each file with both places', async () => {
    await using files = places('gate-removed');
    const { stdout, exitCode } = await files.run(['diff', 'old', 'new'], { env: { COLUMNS: '80' } });
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      `1 dangerous change: the gate before \`delete\` was removed

new/runbooks/prune.yaml
  danger  the gate before \`delete\` was removed: it now runs without asking
          anybody
          gate · line 28, before old/runbooks/prune.yaml:30

1 file that differs, 1 runbook compared
`,
    );
  });

  test('exits with 12 only when it is asked to, and is quiet when nothing is that bad', async () => {
    await using files = places('approvers-shortened');
    const exit = async (...args: string[]) => (await files.run(['diff', 'old', 'new', ...args])).exitCode;
    assert.equal(await exit(), 0);
    assert.equal(await exit('--fail-on', 'danger'), 0);
    assert.equal(await exit('--fail-on', 'caution'), 12);
    assert.equal(await exit('--fail-on', 'info'), 2);
    assert.equal((await files.run(['diff', 'old', 'new', '--quiet'])).stdout, '');
    assert.notEqual((await files.run(['diff', 'old', 'new', '--quiet', '--fail-on', 'caution'])).stdout, '');
  });

  test('JSON keeps danger, caution and info, the categories, and both places', async () => {
    await using files = places('runbook-removed');
    const { verdict, counts, findings } = (
      await files.run(['diff', 'old', 'new', '--output', 'json'])
    ).json() as { verdict: string; counts: unknown; findings: Record<string, unknown>[] };
    assert.match(verdict, /^1 change to look at/);
    assert.deepEqual(counts, { danger: 0, caution: 1, info: 0 });
    assert.deepEqual(findings[0], {
      code: 'diff/runbook-removed',
      level: 'caution',
      category: 'effect',
      message: 'runbook `prune` was removed: schedules and people that run it find nothing',
      file: 'old/runbooks/prune.yaml',
      line: 2,
      column: 7,
      state: null,
      fix: null,
      runbook: 'prune',
      step: null,
      old: { file: 'old/runbooks/prune.yaml', line: 2, column: 7 },
      new: null,
    });
  });

  test('Markdown shows the verdict and what is dangerous, and folds the rest', async () => {
    await using files = places('keep-rule-removed');
    const { stdout } = await files.run(['diff', 'old', 'new', '--output', 'markdown']);
    assert.match(
      stdout,
      /^### Runbook changes\n\n🔴 \*\*2 dangerous changes, 1 to know of: `keep\.daily` of `expire`/,
    );
    const [open = '', folded = ''] = stdout.split('<details>');
    assert.match(open, /\*\*retention\*\*: `keep\.within`/);
    assert.match(folded, /1 for information/);
  });

  test('SARIF and JUnit are what their schemas say', async () => {
    await using files = places('project-removed');
    const sarif = await files.run(['diff', 'old', 'new', '--output', 'sarif', '--junit', 'report.xml']);
    assert.deepEqual(sarifProblems(sarif.rawStdout), []);
    assert.deepEqual(await junitProblems(files.read('report.xml')), []);
    assert.match(files.read('report.xml'), /diff\/backup-weakened/);
  });

  test('two files: a runbook with the SQL beside it, belay.yaml, SQL, params', async () => {
    await using files = cli();
    files
      .file('a/job.yaml', runbook('job').replace(/sql: "[^"]*"/, 'file: ./job.sql'))
      .file('b/job.yaml', runbook('job').replace(/sql: "[^"]*"/, 'file: ./job.sql'))
      .file('a/job.sql', 'DELETE FROM a WHERE id = 1')
      .file('b/job.sql', 'DELETE FROM a')
      .file('a/belay.yaml', 'apiVersion: belay/v1\nstate: one\n')
      .file('b/belay.yaml', 'apiVersion: belay/v1\nstate: two\n')
      .file('a/prod.json', '{"x": 1}')
      .file('b/prod.json', '{"x": 2}');
    const codes = async (name: string) =>
      (
        (await files.run(['diff', `a/${name}`, `b/${name}`, '--output', 'json'])).json().findings as {
          code: string;
        }[]
      ).map(({ code }) => code);
    assert.deepEqual(await codes('job.yaml'), ['diff/sql-unbounded']);
    assert.deepEqual(await codes('job.sql'), ['diff/sql-unbounded']);
    assert.deepEqual(await codes('belay.yaml'), ['diff/project-changed']);
    assert.deepEqual(await codes('prod.json'), ['diff/value-changed']);
  });

  test('two plans are compared by what they were to do', async () => {
    await using files = cli();
    files.database('app.db', 'CREATE TABLE old (day INTEGER); INSERT INTO old VALUES (1), (9)');
    files.file('job.yaml', runbook('job'));
    const plan = async (out: string) => {
      const { exitCode, stderr } = await files.run([
        'plan',
        'job.yaml',
        '-p',
        'database=app.db',
        '--out',
        out,
      ]);
      assert.equal(exitCode, 0, stderr);
    };
    await plan('one.json');
    await plan('same.json');
    files.file('job.yaml', lostWhere.replace('name: nightly', 'name: job').replace(/ {4}confirm.*\n/, ''));
    await plan('two.json');
    const same = await files.run(['diff', 'one.json', 'same.json']);
    assert.match(same.stdout, /^nothing changes/);
    const { stdout } = await files.run(['diff', 'one.json', 'two.json']);
    assert.match(stdout, /^1 dangerous change/);
    assert.match(stdout, /the gate before `purge` was removed/);
    assert.match(stdout, /the SQL of `purge` changed/);
  });

  test('links in a folder are told and not followed', async () => {
    await using files = places('gate-removed');
    files.file('secret.yaml', runbook('secret'));
    symlinkSync(files.path('secret.yaml'), files.path('new/runbooks/link.yaml'));
    const { stdout } = await files.run(['diff', 'old', 'new']);
    assert.match(stdout, /`new\/runbooks\/link\.yaml` is a link: what it leads to runs, and is not compared/);
    assert.doesNotMatch(stdout, /secret/);
  });

  test('what files say drives neither a terminal, nor Markdown, nor a workflow', async () => {
    await using files = cli();
    const hostile = '\\u001b[2J\\u202e <img src=x> @everyone [a](http://b) ::error::x `c` | d';
    const job = (title: string, id: string) => `apiVersion: belay/v1
name: job
title: "${title}"
targets: { db: { driver: sqlite, path: ./a.db } }
steps:
  - { id: ${id}, name: "${title}", action: sqlite.execute, with: { target: db, sql: "DELETE FROM a -- ${title}" } }
`;
    files.file('old/runbooks/job.yaml', job('plain', 'a')).file('new/runbooks/job.yaml', job(hostile, 'b'));
    for (const output of ['text', 'markdown', 'github', 'json', 'sarif', 'junit']) {
      const { rawStdout } = await files.run(['diff', 'old', 'new', '--output', output]);
      assert.doesNotMatch(rawStdout, /[\u001b\u202e]/, output);
      if (output === 'markdown' || output === 'junit') assert.doesNotMatch(rawStdout, /<img/, output);
      if (output !== 'github') assert.doesNotMatch(rawStdout, /^::/m, output);
    }
    const { rawStdout } = await files.run(['diff', 'old', 'new', '--output', 'markdown']);
    assert.doesNotMatch(rawStdout, /@everyone|\]\(http/);
  });

  test('what cannot be compared is an error that says what can', async () => {
    await using files = places('gate-removed');
    const said = async (...args: string[]) => {
      const { exitCode, stderr } = await files.run(['diff', ...args]);
      assert.equal(exitCode, 2);
      return stderr;
    };
    assert.match(await said('old'), /usage\/missing-argument.*name the two places to compare/);
    assert.match(await said('old', 'new', 'old'), /usage\/too-many-arguments.*two places, found 3/);
    assert.match(await said('old', 'nowhere'), /usage\/unreadable-file/);
    assert.match(
      await said('old', 'new/runbooks/prune.yaml'),
      /`old` is a folder and `new\/runbooks\/prune.yaml` a file/,
    );
    assert.match(await said('--git', 'a', '--git-driver'), /usage\/conflicting-options/);
    assert.match(await said('old', 'new', '--output', 'xml'), /usage\/invalid-value/);
  });
});

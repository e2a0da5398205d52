// Drills as CI makes them: a sound runbook has no hole, a planted one is found at its step, and nothing is left behind.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { contentOf } from '../crash/world.ts';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const application = `PRAGMA journal_mode = WAL;
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, visits INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE log(n INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, at TEXT);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60) INSERT INTO users SELECT x, 'user ' || x, 0 FROM n;`;

const head = `apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets: { db: { driver: sqlite, path: ./app.db } }
steps:
`;
const sql = (id: string, text: string, more = ''): string =>
  `  - { id: ${id}, action: sqlite.execute, with: { target: db, sql: "${text}" }${more} }\n`;
const visits = sql('visits', 'UPDATE users SET visits = visits + 1');
const alter = sql('alter', 'ALTER TABLE users ADD COLUMN age INTEGER NOT NULL DEFAULT 7');
const drop = sql('drop', 'DELETE FROM users WHERE id > 40');
const check = '  - { id: check, assert: "${{ 1 < 2 }}" }\n';

/** Writes to the file itself, past the engine. */
const program = (more: string): string => `  - id: outside
    action: command.run
    rehearse: run
    with:
      argv:
        - node
        - -e
        - new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('DELETE FROM users WHERE id > 50')
        - \${{ target.db.path }}
${more}`;

interface Fault {
  readonly step: string;
  readonly fault: string;
  readonly verdict: string;
  readonly reason?: string;
}

interface Report {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly undisturbed: {
    readonly exitCode: number;
    readonly problem?: string;
    readonly differs: { what: string }[];
  };
  readonly stubbed: readonly string[];
  readonly notSimulated: readonly { step: string }[];
  readonly unproven: readonly string[];
  readonly gates: readonly string[];
}

/** With a folder for temporary files of its own, which must be empty afterwards. */
async function drill(work: Cli, args: readonly string[]): Promise<CliResult> {
  mkdirSync(work.path('tmp'), { recursive: true });
  const before = contentOf([work.path('app.db')]);
  const result = await work.run(['drill', 'job.yaml', '--seed', '7', ...args], {
    env: { TMPDIR: work.path('tmp') },
  });
  assert.deepEqual(leftIn(work), []);
  assert.equal(contentOf([work.path('app.db')]), before, 'the database itself is only read');
  assert.equal(work.exists('.belay'), false, 'the journal of the project learns nothing of it');
  return result;
}

async function report(
  work: Cli,
  args: readonly string[] = [],
): Promise<{ report: Report; exitCode: number | null }> {
  const result = await drill(work, [...args, '--output', 'json']);
  assert.match(result.rawStdout, /^\{/, result.rawStderr);
  return { report: result.json() as unknown as Report, exitCode: result.exitCode };
}

function leftIn(work: Cli): string[] {
  return readdirSync(work.path('tmp')).filter((name) => name !== 'node-compile-cache');
}

const verdicts = ({ faults }: Report, step: string): Record<string, string> =>
  Object.fromEntries(
    faults.filter((each) => each.step === step).map(({ fault, verdict }) => [fault, verdict]),
  );
const holes = ({ faults }: Report): Fault[] => faults.filter(({ verdict }) => verdict === 'hole');

describe('belay drill', { concurrency: 2 }, () => {
  test('a sound runbook has no hole: every step is disturbed, every end is before or after', async () => {
    await using work = cli();
    work.database('app.db', application).file('job.yaml', `${head}${visits}${alter}${drop}${check}`);
    const { report: found, exitCode } = await report(work);
    assert.deepEqual(holes(found), []);
    assert.equal(exitCode, 0);
    assert.equal(found.seed, 7);
    for (const step of ['visits', 'alter', 'drop', 'check'])
      assert.deepEqual(
        { ...verdicts(found, step), resume: '', sql: '' },
        { before: 'before', after: 'before', kill: 'before', rollback: 'before', resume: '', sql: '' },
        step,
      );
    for (const { verdict, step, fault } of found.faults.filter(
      ({ fault: each }) => each === 'resume' || each === 'sql',
    ))
      assert.match(verdict, /^(before|after)$/, `${step} ${fault}`);
    assert.match(verdicts(found, 'backup.db').kill ?? '', /^(before|after)$/);
  });

  test('a program that writes behind the back of the engine is a hole, at its step and after it; JUnit and SARIF say it', async () => {
    await using work = cli();
    work.database('app.db', application).file('job.yaml', `${head}${program('')}${check}`);
    const { report: found, exitCode } = await report(work, [
      '--junit',
      'drill.xml',
      '--sarif',
      'drill.sarif',
    ]);
    assert.equal(exitCode, 12);
    assert.equal(verdicts(found, 'outside').before, 'before');
    assert.equal(verdicts(found, 'outside').after, 'hole');
    assert.equal(verdicts(found, 'check').before, 'hole');
    const [first] = holes(found);
    assert.match(
      first?.reason ?? '',
      /it says that the targets are as before .*, and they are not: `db`: users 10 rows removed/,
    );
    assert.deepEqual(found.unproven, ['outside']);
    const junit = work.read('drill.xml');
    assert.match(junit, /<testsuite name="drill job"/);
    assert.match(
      junit,
      /<testcase name="outside: fails last"[^>]*>\s*<failure message="it says that the targets are as before/,
    );
    assert.match(junit, /<testcase name="outside: fails first"[^>]*\/>/);
    assert.match(work.read('drill.sarif'), /drill\/hole/);
  });

  test('an undo that does not restore what a program did is a hole, and the table shows the step', async () => {
    await using work = cli();
    const undo = '    rollback: { action: command.run, with: { argv: ["true"] } }\n';
    work.database('app.db', application).file('job.yaml', `${head}${visits}${program(undo)}${check}`);
    const { exitCode, stdout, rawStdout } = await drill(work, []);
    assert.equal(exitCode, 12);
    assert.match(stdout, /^job: \d+ of \d+ faults leave a HOLE, in `outside`, `check`$/m);
    assert.match(stdout, /^visits +before +before +before/m);
    assert.match(stdout, /^outside +before +HOLE 1/m);
    assert.match(stdout, /^HOLE 1 {2}outside .*\(job\.yaml:8\)$/ms);
    const lines = rawStdout.split('\n');
    assert.ok(
      lines.every((line) => line.length <= 80),
      rawStdout,
    );
  });

  test('a point of no return with a step after it that may fail is a hole; at the end it is none', async () => {
    await using work = cli();
    const final = visits.replace(' }\n', ', rollback: none, reason: nobody can }\n');
    work.database('app.db', application).file('job.yaml', `${head}${final}${drop}`);
    const first = await report(work);
    assert.equal(first.exitCode, 12);
    assert.equal(verdicts(first.report, 'visits').after, 'hole');
    assert.equal(verdicts(first.report, 'drop').before, 'hole');
    assert.match(
      holes(first.report)[0]?.reason ?? '',
      /stops for a person \(exit 7\).*point of no return: nobody can/,
    );
    work.file('job.yaml', `${head}${drop}${final}`);
    const second = await report(work);
    assert.deepEqual(holes(second.report), []);
    assert.equal(verdicts(second.report, 'visits').after, 'after');
  });

  test('what a runbook declares to keep is no hole: abort, accept, continue', async () => {
    await using work = cli();
    const steps = `${visits.replace(' }\n', ', accept: true }\n')}${alter.replace(' }\n', ', onFailure: abort }\n')}${drop.replace(' }\n', ', onFailure: continue }\n')}`;
    work.database('app.db', application).file('job.yaml', `${head}${steps}`);
    const { report: found, exitCode } = await report(work);
    assert.deepEqual(holes(found), []);
    assert.equal(exitCode, 0);
    assert.equal(verdicts(found, 'visits').before, 'before');
    assert.equal(verdicts(found, 'alter').before, 'kept');
    assert.equal(verdicts(found, 'drop').before, 'kept');
    assert.match(
      found.faults.find(({ step, fault }) => step === 'drop' && fault === 'before')?.reason ?? '',
      /went on without `drop`/,
    );
  });

  test('rows that differ by themselves are named, and do not count as holes', async () => {
    await using work = cli();
    const note = sql('note', 'INSERT INTO log(what, at) VALUES (random(), CURRENT_TIMESTAMP)');
    work.database('app.db', application).file('job.yaml', `${head}${visits}${note}${check}`);
    const { exitCode, stdout } = await drill(work, []);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /Two undisturbed runs differ by themselves[\s\S]*`db`: log 1 row changed/);
  });

  test('a runbook that fails by itself is said first, and the steps before are still disturbed', async () => {
    await using work = cli();
    const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }\n';
    work.database('app.db', application).file('job.yaml', `${head}${visits}${never}${drop}`);
    const { exitCode, stdout } = await drill(work, ['--sarif', 'drill.sarif']);
    assert.equal(exitCode, 12);
    assert.match(work.read('drill.sarif'), /drill\/undisturbed-failure/);
    assert.match(stdout, /^job: the run fails without any fault, in `never` \(exit 6: this never holds\)/);
    assert.match(stdout, /^visits +before +before/m);
    assert.match(stdout, /drop: the undisturbed run ends before it \(in `never`\)/);
  });

  test('stubs, gates and what does not run are said; the undo of a stubbed service is judged by the journal', async () => {
    await using work = cli();
    const steps = `  - id: stop
    action: service.stop
    with: { unit: app.service }
    stub: { before: running }
${visits.replace(' }\n', ', confirm: { message: Really?, expect: app.db } }\n')}  - id: tell
    action: notify.webhook
    with: { url: "http://127.0.0.1:1/", body: { a: 1 } }
`;
    work.database('app.db', application).file('job.yaml', `${head}${steps}`);
    const { report: found, exitCode } = await report(work);
    assert.deepEqual(holes(found), []);
    assert.equal(exitCode, 0);
    assert.deepEqual(found.stubbed, ['stop']);
    assert.deepEqual(
      found.notSimulated.map(({ step }) => step),
      ['tell'],
    );
    assert.deepEqual(found.gates, ['visits']);
    assert.equal(verdicts(found, 'stop').after, 'before');
    assert.equal(verdicts(found, 'tell').after, 'none');
  });

  test('faults beyond the budget are said, and are no holes', async () => {
    await using work = cli();
    work.database('app.db', application).file('job.yaml', `${head}${visits}${drop}`);
    const { exitCode, rawStdout: stdout } = await drill(work, ['--budget', '1s']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /no fault was injected; \d+ faults NOT REACHED in 1s/);
    assert.match(stdout, /^drop +late +/m);
    assert.match(stdout, /the\s+budget\s+of\s+1s\s+was\s+used\s+up/);
  });

  test('Ctrl-C ends the drill with 130: no process, no copy is left', async () => {
    await using work = cli();
    work.database('app.db', application).file('job.yaml', `${head}${visits}${alter}${drop}`);
    mkdirSync(work.path('tmp'));
    const going = work.start(['drill', 'job.yaml'], { env: { TMPDIR: work.path('tmp') } });
    await going.waitFor(/fails last in/);
    going.child.kill('SIGINT');
    const { exitCode, stdout } = await going.ended;
    assert.equal(exitCode, 130);
    assert.match(stdout, /^job: interrupted before it was through/);
    assert.deepEqual(leftIn(work), []);
    assert.deepEqual(processesOf(work.folder), []);
  });

  test('a report in Markdown has the verdict and the table first', async () => {
    await using work = cli();
    work.database('app.db', application).file('job.yaml', `${head}${program('')}`);
    const { stdout } = await drill(work, ['--output', 'markdown']);
    assert.match(
      stdout,
      /^### Drill: job\n\n\*\*\d of \d faults leave a HOLE, in `outside`\*\*\n\n\| step \|/,
    );
    assert.match(stdout, /\| `outside` \| before \| \*\*HOLE 1\*\* \|/);
  });

  test('a drill is refused as the run would be, for a target that is not there', async () => {
    await using work = cli();
    work.file('job.yaml', `${head}${visits}`);
    const { exitCode, stderr } = await work.run(['drill', 'job.yaml']);
    assert.equal(exitCode, 4);
    assert.match(stderr, /target\/missing/);
  });

  test('what cannot be asked is said: no runbook, two ways to name one, a bad seed', async () => {
    await using work = cli();
    for (const [args, words] of [
      [['drill'], /usage\/missing-argument/],
      [['drill', 'job.yaml', '--all'], /usage\/conflicting-options/],
      [['drill', 'job.yaml', '--seed', '-1'], /usage\/invalid-value/],
      [['drill', 'job.yaml', '--budget', 'soon'], /usage\/invalid-value/],
    ] as const) {
      const { exitCode, stderr } = await work.run(args);
      assert.equal(exitCode, 2);
      assert.match(stderr, words);
    }
  });
});

function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

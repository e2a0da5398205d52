// Runs that must be refused, or must fail, each with its own code and exit code: one runbook each, nothing left changed.

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

interface Case {
  readonly code: string;
  readonly exit: number;
  /** What follows the head of the runbook. */
  readonly body: string;
  readonly targets?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const look = 'steps: [{ id: look, action: sqlite.check, with: { target: db } }]';
const check = (step: string) => `steps:\n  - { id: only, ${step} }\n`;

const cases: Readonly<Record<string, Case>> = {
  'a target whose path comes from a param that was not given': {
    code: 'plan/target-without-path',
    exit: 4,
    targets: 'db: { driver: sqlite, path: "${{ params.other }}" }',
    body: look,
  },
  'a target that the catalogue does not hold': {
    code: 'plan/unknown-catalogue-target',
    exit: 3,
    targets: 'db: { use: "${{ params.name }}" }',
    body: look,
  },
  'a store that belay.yaml does not declare': {
    code: 'plan/unknown-store',
    exit: 3,
    targets: 'db: { driver: sqlite, path: ./app.db, backup: { store: vault } }',
    body: look,
  },
  'an SQL file that is not there': {
    code: 'plan/unreadable-file',
    exit: 3,
    body: check('action: sqlite.execute, with: { target: db, file: ./missing.sql }'),
  },
  'a precondition that does not hold': {
    code: 'run/precondition-unmet',
    exit: 4,
    body: `preconditions: [{ id: never, assert: "\${{ params.least > 100 }}", message: too small }]\n${look}`,
  },
  'a precondition that cannot be decided': {
    code: 'run/precondition-error',
    exit: 4,
    body: `preconditions: [{ id: broken, assert: "\${{ int(params.name) > 0 }}" }]\n${look}`,
  },
  'a secret that is too short to be masked': {
    code: 'run/bad-secret',
    exit: 4,
    body: `secrets: { token: { env: TOKEN } }\n${look}`,
    env: { TOKEN: 'abc' },
  },
  'items with the same key twice': {
    code: 'run/bad-items',
    exit: 6,
    body: check(
      'forEach: { items: "${{ [params.name, params.name] }}", as: each }, action: sqlite.check, with: { target: db }',
    ),
  },
  'an input that turns out not to fit': {
    code: 'run/invalid-input',
    exit: 6,
    body: check(
      'action: sqlite.query, with: { target: db, sql: SELECT 1, maxRows: "${{ params.least - 1 }}" }',
    ),
  },
  'an action that says no': {
    code: 'run/action-said-no',
    exit: 6,
    body: check('action: command.run, with: { argv: ["false"] }'),
  },
  'a step that takes too long': {
    code: 'run/timeout',
    exit: 6,
    body: check('action: wait, with: { for: 1m }, timeout: 50ms'),
  },
};

describe('a run is refused, or fails, with the code of its cause', () => {
  for (const [title, { code, exit, body, targets, args = [], env = {} }] of Object.entries(cases)) {
    test(`${code}: ${title}`, async () => {
      await using project = projectWith(body, targets);
      const { exitCode, stderr, stdout } = await project.run(['run', 'only', ...args], { env });
      assert.match(stderr, new RegExp(`\\[${code}\\]`), stdout);
      assert.equal(exitCode, exit, stderr);
      assert.equal(project.query('app.db', 'SELECT count(*) FROM entries'), 3);
    });
  }

  test('gate/waiting: an approval that other people must give ends the run with 8 and no error', async () => {
    await using project = projectWith(
      check(
        'approval: { message: may it?, approvers: [somebody] }, action: sqlite.analyze, with: { target: db }',
      ),
    );
    const { exitCode, stderr } = await project.run(['run', 'only']);
    assert.equal(exitCode, 8, stderr);
    assert.match(stderr, /only is waiting for approval/);
    assert.doesNotMatch(stderr, /error|failed/);
  });

  test('run/rollback-incomplete: rows that the journal no longer holds are not put back by guessing', async () => {
    await using project = projectWith(
      check('action: sqlite.execute, with: { target: db, sql: UPDATE entries SET id = id + 10 }'),
    );
    assert.equal((await project.run(['run', 'only'])).exitCode, 0);
    const journal = new DatabaseSync(project.path('.belay/journal.db'));
    journal.exec('DELETE FROM blobs');
    journal.close();
    const { exitCode, stderr } = await project.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(exitCode, 7, stderr);
    assert.match(stderr, /the journal does not hold what/);
    const { lines } = await project.run(['runs', 'events', 'last', '--output', 'json']);
    const failed = lines().find(({ type }) => type === 'undo-failed')?.failure as
      | { code: string }
      | undefined;
    assert.equal(failed?.code, 'run/rollback-incomplete');
    assert.equal(project.query('app.db', 'SELECT min(id) FROM entries'), 11);
  });

  test('run/unknown-step: a run that died in a step that cannot be repeated is not resumed on a guess', async () => {
    await using project = projectWith(
      check('action: command.run, with: { argv: [sleep, "60"] }, onFailure: abort'),
    );
    const running = project.start(['run', 'only', '--output', 'json']);
    await running.waitFor(/"process-started".*"program"/);
    running.child.kill('SIGKILL');
    await running.ended;
    const { exitCode, stderr } = await project.run(['resume', 'last']);
    assert.equal(exitCode, 7, stderr);
    assert.match(stderr, /\[run\/unknown-step\]/);
    const told = await project.run(['resume', 'last', '--done', 'only', '--reason', 'looked']);
    assert.equal(told.exitCode, 0, told.stderr);
  });

  test('a step that was not at work is not declared done, and the run can still be put back', async () => {
    const insert = 'action: sqlite.execute, with: { target: db, sql: INSERT INTO entries DEFAULT VALUES }';
    await using project = projectWith(
      `steps: [{ id: first, ${insert} }, { id: pause, action: wait, with: { for: 1m } }, { id: then, ${insert} }]`,
    );
    const running = project.start(['run', 'only', '--output', 'json']);
    await running.waitFor(/"attempt-started".*"pause"/);
    running.child.kill('SIGKILL');
    await running.ended;
    for (const step of ['first', 'then']) {
      const { exitCode, stderr } = await project.run(['resume', 'last', '--done', step, '--reason', 'r']);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /was not at work when the run died: it is (succeeded|pending)/);
    }
    const back = await project.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(back.exitCode, 0, back.stderr);
    assert.equal(project.query('app.db', 'SELECT count(*) FROM entries'), 3);
  });

  test('a step whose input cannot be computed, twice, fails like any other: what came before is put back', async () => {
    await using project = projectWith(
      `steps: [{ id: first, action: sqlite.execute, with: { target: db, sql: INSERT INTO entries DEFAULT VALUES } }, { id: then,
        action: sqlite.execute, retry: { limit: 1, interval: 10ms },
        with: { target: db, sql: "INSERT INTO entries VALUES (:n)", params: { n: "\${{ [7][params.least] }}" } } }]`,
    );
    const { exitCode, stderr } = await project.run(['run', 'only']);
    assert.equal(exitCode, 6, stderr);
    assert.equal(project.query('app.db', 'SELECT count(*) FROM entries'), 3);
    assert.equal((await project.run(['audit'])).exitCode, 0);
  });

  test('run/interrupted: Ctrl-C during a step', async () => {
    await using project = projectWith(check('action: wait, with: { for: 1m }'));
    const running = project.start(['run', 'only', '--output', 'json']);
    await running.waitFor(/"attempt-started"/);
    running.child.kill('SIGINT');
    const { exitCode, rawStdout } = await running.ended;
    assert.equal(exitCode, 130);
    assert.match(rawStdout, /"run\/interrupted"/);
  });
});

function projectWith(body: string, targets = 'db: { driver: sqlite, path: ./app.db }'): Cli {
  const params =
    'name: { type: string, default: ghost }, other: { type: path }, least: { type: integer, default: 1 }';
  return cli()
    .file('belay.yaml', 'apiVersion: belay/v1\n')
    .file(
      'runbooks/only.yaml',
      `apiVersion: belay/v1\nname: only\nparams: { ${params} }\ntargets: { ${targets} }\n${body}\n`,
    )
    .database(
      'app.db',
      'CREATE TABLE entries(id INTEGER PRIMARY KEY); INSERT INTO entries VALUES (1), (2), (3);',
    );
}

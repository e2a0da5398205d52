import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { describe, test } from 'node:test';
import { type Cli, type CliResult, cli } from '../support/cli.ts';
import { entriesSql } from './support.ts';

const { username } = userInfo();

/** Whoever runs the tests is operator and approver: the runbook allows it. */
const approving = (more: string) => `apiVersion: belay/v1
name: approving
params:
  database: { type: path, required: true }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - id: mark
    action: sqlite.execute
    with: { target: db, sql: "UPDATE entries SET body = 'marked' WHERE id = 1" }
  - id: delete
    approval: { message: "Delete?", approvers: ["${username}"], preventSelfApproval: false${more} }
    action: sqlite.prune
    with: { target: db, table: entries, where: id > 150 }
`;

async function waiting(more = ''): Promise<Cli> {
  const here = cli().file('approving.yaml', approving(more)).database('app.db', entriesSql);
  const { stderr, exitCode } = await here.run(['run', 'approving.yaml', '-p', 'database=app.db']);
  assert.equal(exitCode, 8, stderr);
  assert.equal(here.query('app.db', 'SELECT body FROM entries WHERE id = 1'), 'marked');
  return here;
}

const approve = (here: Cli): Promise<CliResult> => here.run(['approve', 'last', '--yes']);
const resume = (here: Cli): Promise<CliResult> => here.run(['resume', 'last', '--non-interactive']);
const count = (here: Cli) => here.query('app.db', 'SELECT count(*) FROM entries');
const before = (here: Cli) => {
  assert.equal(count(here), 200);
  assert.equal(here.query('app.db', 'SELECT body FROM entries WHERE id = 1'), 'entry 1');
};

describe('a run that was approved', () => {
  test('goes on when it is resumed, and the record says who', async () => {
    await using here = await waiting();
    assert.equal((await approve(here)).exitCode, 0);
    const { stderr, exitCode } = await resume(here);
    assert.equal(exitCode, 0, stderr);
    assert.equal(count(here), 150);
    assert.deepEqual(
      here.list().filter((name) => name.includes('decision-')),
      [],
    );
    const events = (await here.run(['runs', 'events', 'last', '--output', 'json'])).lines();
    const decided = events.filter(({ type }) => type === 'gate-decided');
    assert.deepEqual(
      decided.map(({ by, decision, how }) => [by, decision, how]),
      [[username, 'approved', 'os-user']],
    );
    assert.equal((await approve(here)).exitCode, 4, 'it waits no more');
  });

  test('waits on without an approval: exit 8 again', async () => {
    await using here = await waiting();
    assert.equal((await resume(here)).exitCode, 8);
    assert.equal(count(here), 200);
    await approve(here);
    assert.equal((await resume(here)).exitCode, 0);
  });

  test('is asked again when more would be changed than was approved', async () => {
    await using here = await waiting();
    await approve(here);
    here.database('app.db', "INSERT INTO entries(body) VALUES ('late')");
    const { stderr, exitCode } = await resume(here);
    assert.equal(exitCode, 8, stderr);
    assert.match(stderr, /what the step would do has changed since/);
    assert.equal(count(here), 201);
    await approve(here);
    assert.equal((await resume(here)).exitCode, 0);
    assert.equal(count(here), 150);
  });

  test('`maxRows` lets it grow so far, and no further', async () => {
    await using here = await waiting(', maxRows: 51');
    await approve(here);
    here.database('app.db', "INSERT INTO entries(body) VALUES ('late'), ('later')");
    const { stderr, exitCode } = await resume(here);
    assert.equal(exitCode, 8, stderr);
    assert.match(stderr, /it would change 52 rows, more than the 51 allowed/);
    await using other = await waiting(', maxRows: 51');
    await approve(other);
    other.database('app.db', "INSERT INTO entries(body) VALUES ('late')");
    const second = await resume(other);
    assert.equal(second.exitCode, 0, second.stderr);
  });
});

describe('a run with a gate behind it', () => {
  const both = (text: string): string =>
    approving('').replace(
      '  - id: mark\n',
      `  - { id: sure, confirm: { message: "${text}" } }\n  - id: mark\n`,
    );

  test('is not asked the same again when it is resumed, and is asked again what has changed', async () => {
    for (const [text, exit] of [
      ['Sure?', 0],
      // Nobody is there to answer what is asked anew: no is the answer, and the change before is put back.
      ['Sure at ${{ target.db.sizeBytes }} bytes?', 5],
    ] as const) {
      await using here = cli().file('both.yaml', both(text)).database('app.db', entriesSql);
      const { exitCode } = await here.run(['run', 'both.yaml', '-p', 'database=app.db', '--yes']);
      assert.equal(exitCode, 8);
      await approve(here);
      if (exit === 5)
        here.database(
          'app.db',
          'CREATE TABLE filler(x); INSERT INTO filler SELECT randomblob(90000); PRAGMA wal_checkpoint',
        );
      const { stderr, exitCode: second } = await resume(here);
      assert.equal(second, exit, stderr);
      const events = (await here.run(['runs', 'events', 'last', '--output', 'json'])).lines();
      const asked = events.filter(({ type, step }) => type === 'gate-asked' && step === 'sure');
      assert.equal(asked.length, exit === 0 ? 1 : 2);
    }
  });

  test('is put back by `belay rollback` without asking its gates', async () => {
    await using here = cli().file('both.yaml', both('Sure?')).database('app.db', entriesSql);
    await here.run(['run', 'both.yaml', '-p', 'database=app.db', '--yes']);
    const { stderr, exitCode } = await here.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(exitCode, 0, stderr);
    before(here);
  });
});

describe('a run that was not approved', () => {
  test('puts back what it changed before, and exits 5, when it was rejected', async () => {
    await using here = await waiting();
    const said = await here.run(['reject', 'last', 'delete', '--yes', '--reason', 'not before the release']);
    assert.equal(said.exitCode, 0, said.stderr);
    const { stderr, exitCode } = await resume(here);
    assert.equal(exitCode, 5, stderr);
    assert.match(stderr, /rejected by .*not before the release/);
    before(here);
  });

  test('does the same when its time has run out, also with an approval', async () => {
    await using here = await waiting(', timeout: 2s');
    await approve(here);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { stderr, exitCode } = await resume(here);
    assert.equal(exitCode, 5, stderr);
    assert.match(stderr, /gate\/expired/);
    before(here);
  });
});

// An answer that comes late: preconditions and reads are done again, and what has changed is asked again. The clock that
// measures the wait is ours, so that nobody has to wait.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Clock, type GateQuestion, load, type RunEvent, type RunOutcome, run } from '../../src/index.ts';
import { type Cli, cli } from '../support/cli.ts';

const book = `
apiVersion: belay/v1
name: job
title: A job
targets:
  db: { driver: sqlite, path: ./app.db }
preconditions:
  - { id: open, action: sqlite.query, with: { target: db, sql: "SELECT count(*) AS n FROM closed" }, ensure: "\${{ self.row.n == 0 }}", message: the books are closed }
steps:
FIRST
  - { id: count, action: sqlite.query, with: { target: db, sql: "SELECT count(*) AS n FROM entries WHERE stale" } }
  - id: purge
    confirm: { message: "Delete \${{ steps.count.row.n }} entries?" }
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM entries WHERE stale" }
`;
const first =
  '  - { id: mark, action: sqlite.execute, with: { target: db, sql: "UPDATE entries SET seen = 1" } }';

function project(before = ''): Cli {
  return cli()
    .file('job.yaml', book.replace('FIRST\n', before === '' ? '' : `${before}\n`))
    .database(
      'app.db',
      `CREATE TABLE entries(id INTEGER PRIMARY KEY, stale INTEGER, seen INTEGER DEFAULT 0); CREATE TABLE closed(at TEXT);
       INSERT INTO entries(stale) VALUES (1), (1), (0);`,
    );
}

interface Answered {
  readonly outcome: RunOutcome;
  readonly asked: readonly GateQuestion[];
  readonly events: readonly RunEvent[];
}

/** Every question is answered with yes, the first one after so long; `meanwhile` others do this to the database. */
async function answeredAfter(here: Cli, waitedMs: number, meanwhile: string): Promise<Answered> {
  let skippedMs = 0;
  const clock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() + skippedMs };
  const asked: GateQuestion[] = [];
  const events: RunEvent[] = [];
  const outcome = await run(load('job.yaml', { cwd: here.folder }), {
    clock,
    onEvent: (_, event) => events.push(event),
    gates: {
      canAnswer: () => true,
      answer: async (question) => {
        asked.push(question);
        if (asked.length === 1) {
          here.database('app.db', meanwhile);
          skippedMs += waitedMs;
        }
        return { decision: 'confirmed', by: 'somebody', how: 'typed' };
      },
    },
  });
  return { outcome, asked, events };
}

describe('an answer after ten minutes', () => {
  test('about what has not changed counts, and what it was given on is read again', async () => {
    await using here = project();
    const { outcome, asked, events } = await answeredAfter(here, 600_000, 'SELECT 1');
    assert.equal(outcome.exitCode, 0, outcome.view.dataState);
    assert.equal(asked.length, 1);
    const times = (step: string) =>
      events.filter((event) => event.type === 'attempt-started' && event.step === step).length;
    assert.deepEqual([times('open'), times('count'), times('purge')], [2, 2, 1]);
    assert.match(outcome.view.warnings.join(), /the answer to `purge` took 10m/);
    assert.equal(here.query('app.db', 'SELECT count(*) FROM entries'), 1);
  });

  test('about what has changed is asked for again, with what is so now', async () => {
    await using here = project();
    const { outcome, asked } = await answeredAfter(here, 600_000, 'UPDATE entries SET stale = 1');
    assert.equal(outcome.exitCode, 0, outcome.view.dataState);
    assert.deepEqual(
      asked.map(({ message }) => message),
      ['Delete 2 entries?', 'Delete 3 entries?'],
    );
    assert.match(outcome.view.warnings.join(), /has changed: it is asked again/);
  });

  test('is worth nothing when a precondition does not hold any more: exit 4, nothing was done', async () => {
    await using here = project();
    const { outcome, asked } = await answeredAfter(here, 600_000, "INSERT INTO closed VALUES ('now')");
    assert.deepEqual([outcome.exitCode, outcome.view.state], [4, 'aborted'], outcome.view.dataState);
    assert.equal(asked.length, 1);
    assert.match(outcome.view.failure?.message ?? '', /the books are closed/);
    assert.equal(here.query('app.db', 'SELECT count(*) FROM entries'), 3);
  });

  test('the same after a change: it is put back, exit 6', async () => {
    await using here = project(first);
    const { outcome } = await answeredAfter(here, 600_000, "INSERT INTO closed VALUES ('now')");
    assert.deepEqual([outcome.exitCode, outcome.view.state], [6, 'rolled-back'], outcome.view.dataState);
    assert.equal(here.query('app.db', 'SELECT count(*) FROM entries WHERE seen = 0'), 3);
    assert.equal(here.query('app.db', 'SELECT count(*) FROM closed'), 1);
  });
});

test('an answer within half a minute is acted on at once', async () => {
  await using here = project();
  const { outcome, events } = await answeredAfter(here, 20_000, 'SELECT 1');
  assert.equal(outcome.exitCode, 0, outcome.view.dataState);
  assert.equal(events.filter(({ type }) => type === 'precondition-checked').length, 1);
  assert.deepEqual(outcome.view.warnings, []);
});

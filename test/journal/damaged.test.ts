// One run whose events do not say what a run can say: it is reported as damaged, can be looked at and given up, and keeps
// nobody from the others.

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { JournalEvent } from '../../src/journal/index.ts';
import { type Cli, cli } from '../support/cli.ts';
import { openAt } from './support.ts';

const schema = "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada');";
const job = `
apiVersion: belay/v1
name: job
title: A job
description: Adds a row.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - { id: add, action: sqlite.execute, with: { target: db, sql: "INSERT INTO users(name) VALUES ('Grace')" } }
`;

const impossible: JournalEvent = {
  type: 'step-finished',
  step: 'add',
  state: 'failed',
  attempts: 1,
  durationMs: 1,
};

/** Two runs that succeeded: the ids, the newer one first. */
async function twoRuns(work: Cli): Promise<[string, string]> {
  work.database('app.db', schema).file('job.yaml', job);
  for (let i = 0; i < 2; i++) assert.equal((await work.run(['run', 'job.yaml'])).exitCode, 0);
  using journal = openAt(work.path('.belay'), { readOnly: true });
  const [newer, older] = journal.runs();
  assert.ok(newer && older);
  return [newer.id, older.id];
}

const kinds: Readonly<Record<string, (work: Cli, run: string) => void>> = {
  'an impossible event of a step': (work, run) => {
    using journal = openAt(work.path('.belay'));
    journal.append(run, impossible);
  },
  'an event that is not JSON': (work, run) => {
    using database = new DatabaseSync(work.path('.belay/journal.db'));
    database
      .prepare(
        `UPDATE events SET body = 'x' WHERE sequence = (SELECT max(sequence) FROM events WHERE run_id = ?)`,
      )
      .run(run);
  },
  'a first event that is no start': (work, run) => {
    using database = new DatabaseSync(work.path('.belay/journal.db'));
    database.prepare("DELETE FROM events WHERE run_id = ? AND body LIKE '%run-started%'").run(run);
  },
};

for (const [kind, damage] of Object.entries(kinds))
  test(`${kind} damages one run, and no other`, async () => {
    await using work = cli();
    const [newer, older] = await twoRuns(work);
    damage(work, older);
    const list = await work.run(['runs', 'list']);
    assert.equal(list.exitCode, 0, list.stderr);
    assert.match(list.rawStdout, new RegExp(`${older}.*\\(damaged\\)`));
    assert.match(list.rawStdout, new RegExp(`${newer}(?!.*damaged)`));
    const show = await work.run(['runs', 'show', older]);
    assert.equal(show.exitCode, 0, show.stderr);
    assert.match(show.stdout, /damaged +event \d+/);
    const sound = await work.run(['runs', 'show', newer]);
    assert.equal(sound.exitCode, 0, sound.stderr);
    assert.doesNotMatch(sound.stdout, /damaged/);
    for (const verb of ['resume', 'rollback']) {
      const refused = await work.run([verb, older, ...(verb === 'rollback' ? ['--confirm', 'app.db'] : [])]);
      assert.equal(refused.exitCode, 7, refused.stderr);
      assert.match(refused.stderr, /journal\/corrupt/);
    }
    const back = await work.run(['rollback', newer, '--confirm', 'app.db']);
    assert.equal(back.exitCode, 0, back.stderr);
    const again = await work.run(['run', 'job.yaml']);
    assert.equal(again.exitCode, 0, again.stderr);
    assert.equal(work.query('app.db', 'SELECT count(*) FROM users'), 3);
  });

test('a run that was at work when its record was damaged can be given up, and its target is free again', async () => {
  await using work = cli();
  const waits = job.replace('{ id: add,', '{ id: add, approval: { message: sure?, approvers: [nobody] },');
  work.database('app.db', schema).file('job.yaml', waits);
  const waiting = await work.run(['run', 'job.yaml']);
  assert.equal(waiting.exitCode, 8, waiting.stderr);
  const id = /run-\d{8}-\d{6}-[a-z0-9]{4}/.exec(waiting.rawStderr)?.[0] ?? '';
  kinds['an event that is not JSON']?.(work, id);
  const resumed = await work.run(['resume', id]);
  assert.equal(resumed.exitCode, 7, resumed.stderr);
  assert.match(resumed.stderr, /belay abandon/);
  assert.equal((await work.run(['abandon', id, '--reason', 'damaged'])).exitCode, 0);
  work.file('job.yaml', job);
  const next = await work.run(['run', 'job.yaml']);
  assert.equal(next.exitCode, 0, next.stderr);
});

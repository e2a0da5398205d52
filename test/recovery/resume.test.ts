// A run that died is gone on with: what was accepted stays accepted and nothing more, what is through is not done twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arm, cannotShim } from '../crash/shim.ts';
import { type Cli, cli } from '../support/cli.ts';

const insert = (id: string, more = ''): string =>
  `  - { id: ${id}, action: sqlite.execute, with: { target: db, sql: "INSERT INTO t VALUES ('${id}')" }${more} }\n`;
const pause = '  - { id: pause, action: wait, with: { for: 1m } }\n';
const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }\n';

function job(work: Cli, steps: string): Cli {
  const head = 'apiVersion: belay/v1\nname: job\ntargets: { db: { driver: sqlite, path: ./app.db } }\n';
  return work
    .database('app.db', 'CREATE TABLE t(x TEXT PRIMARY KEY)')
    .file('job.yaml', `${head}steps:\n${steps}`);
}

const rows = (work: Cli): unknown => work.query('app.db', 'SELECT group_concat(x) FROM t');

async function killedAtPause(work: Cli): Promise<void> {
  const going = work.start(['run', 'job.yaml', '--output', 'json']);
  await going.waitFor(/"attempt-started".*"pause"/);
  going.child.kill('SIGKILL');
  await going.ended;
}

test('what came after `accept` is not accepted when the accepted check is done anew', async () => {
  await using work = cli();
  const check = '  - { id: check, action: sqlite.check, with: { target: db }, accept: true }\n';
  job(work, `${insert('kept')}${check}${insert('after')}${pause}`);
  await killedAtPause(work);
  const going = work.start(['resume', 'last', '--output', 'json']);
  await going.waitFor(/"attempt-started".*"pause"/);
  going.child.kill('SIGINT');
  const { rawStderr } = await going.ended;
  assert.equal(rows(work), 'kept', rawStderr);
  const { rawStdout } = await work.run(['runs', 'events', 'last', '--output', 'json']);
  assert.equal(rawStdout.match(/"type":"accepted"/g)?.length, 1, rawStdout);
});

test('a step that ended before it could be accepted is accepted by whoever goes on', {
  skip: cannotShim,
}, async () => {
  await using work = cli();
  job(work, `${insert('kept', ', accept: true')}${insert('after')}${never}`);
  const below = [work.path('.belay/journal.db-wal')];
  const counting = arm({ role: 'engine', at: 0, fault: 'count', isTraced: true, below });
  const whole = await work.run(['run', 'job.yaml'], { env: counting.env });
  assert.equal(whole.exitCode, 9, whole.stderr);
  assert.equal(rows(work), 'kept');
  const { lines } = await work.run(['runs', 'events', 'last', '--output', 'json']);
  const types = lines().map(({ type }) => type);
  const writes = counting.trace();
  const syncs = writes.filter(
    ({ kind }, i) => kind === 'sync' && writes[i - 1]?.kind === 'write' && writes[i - 2]?.kind === 'write',
  );
  const at = syncs.slice(-types.length)[types.indexOf('accepted') - 1]?.at ?? 0;
  await using again = cli();
  job(again, `${insert('kept', ', accept: true')}${insert('after')}${never}`);
  const shim = arm({
    ...{ role: 'engine', at, fault: 'kill', isAfter: true },
    below: [again.path('.belay/journal.db-wal')],
  });
  assert.equal((await again.run(['run', 'job.yaml'], { env: shim.env })).exitCode, null);
  const resumed = await again.run(['resume', 'last']);
  assert.equal(resumed.exitCode, 9, resumed.stderr);
  assert.equal(rows(again), 'kept');
});

test('a step that failed and was continued after is not done again', async () => {
  await using work = cli();
  const bad = `  - { id: bad, action: command.run, with: { argv: [sh, -c, "echo x >> done; exit 1"] }, onFailure: continue }\n`;
  job(work, `${bad}${insert('one')}${pause.replace('1m', '3s')}`);
  await killedAtPause(work);
  const resumed = await work.run(['resume', 'last']);
  assert.equal(resumed.exitCode, 11, resumed.stderr);
  assert.equal(work.read('done'), 'x\n');
  assert.equal(rows(work), 'one');
});

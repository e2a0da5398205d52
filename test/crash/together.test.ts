// Several at once: two runs from two state folders, two people who go on with or put back the same run, a database or a
// runbook that is swapped under a run.

import assert from 'node:assert/strict';
import { copyFileSync, renameSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cli, cli } from '../support/cli.ts';
import { contentOf } from './world.ts';

const rounds = Number(process.env.BELAY_CRASH_ROUNDS ?? 4);
const isLong = process.env.BELAY_CRASH_ROUNDS !== undefined;

const schema = `PRAGMA journal_mode = WAL;
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL DEFAULT 0);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300) INSERT INTO users SELECT x, 'user ' || x, 0 FROM n;`;

const runbook = (steps: string): string => `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
${steps}
`;
const more =
  '  - { id: more, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET n = n + 1" } }';
const last =
  '  - { id: last, action: sqlite.execute, with: { target: db, sql: "DELETE FROM users WHERE id > 200" } }';
const pause = (time: string): string => `  - { id: pause, action: wait, with: { for: ${time} } }`;

const content = (work: Cli): string => contentOf([work.path('app.db')]);

async function killedAtPause(work: Cli, steps: string): Promise<string> {
  work.database('app.db', schema).file('job.yaml', runbook(steps));
  const before = content(work);
  const going = work.start(['run', 'job.yaml']);
  await going.waitFor(/rows changed/);
  going.child.kill('SIGKILL');
  await going.ended;
  return before;
}

async function assertSound(work: Cli): Promise<void> {
  const audit = await work.run(['audit']);
  assert.equal(audit.exitCode, 0, audit.stdout + audit.stderr);
  const list = await work.run(['runs', 'list']);
  assert.equal(list.exitCode, 0, list.stdout + list.stderr);
  const shown = await work.run(['runs', 'show', 'last']);
  assert.ok([0, 6, 7].includes(shown.exitCode ?? -1), shown.stdout + shown.stderr);
}

describe('at once', { concurrency: 3 }, () => {
  test(`two runs from two state folders, ${isLong ? 50 : 6} times: one after another`, async () => {
    await using work = cli();
    work.file('job.yaml', runbook(`${more}\n${pause('100ms')}\n${more.replace('id: more', 'id: again')}`));
    for (let round = 0; round < (isLong ? 50 : 6); round++) {
      work.database('app.db', `DROP TABLE IF EXISTS users; ${schema}`);
      const results = await Promise.all(
        ['a', 'b'].map((state) =>
          work.run([
            'run',
            'job.yaml',
            '--state',
            work.path(state),
            '--lock-wait',
            round % 2 === 0 ? '30s' : '0s',
          ]),
        ),
      );
      const done = results.filter(({ exitCode }) => exitCode === 0).length;
      assert.ok(
        results.every(({ exitCode }) => exitCode === 0 || exitCode === 4),
        results.map(({ stderr }) => stderr).join('\n'),
      );
      assert.ok(done >= (round % 2 === 0 ? 2 : 1), results.map(({ stderr }) => stderr).join('\n'));
      assert.equal(work.query('app.db', `SELECT count(*) FROM users WHERE n = ${2 * done}`), 300);
    }
  });

  test(`two \`belay rollback\` of one run at once, ${rounds} times: put back once, the journal whole`, async () => {
    for (let round = 0; round < rounds; round++) {
      await using work = cli();
      const before = await killedAtPause(work, `${more}\n${pause('60s')}`);
      const results = await Promise.all(
        [0, 1].map(() => work.run(['rollback', 'last', '--confirm', 'app.db'])),
      );
      assert.ok(
        results.some(({ exitCode }) => exitCode === 0),
        results.map(({ stderr }) => stderr).join('\n'),
      );
      assert.ok(
        results.every(({ exitCode }) => exitCode === 0 || exitCode === 4),
        results.map(({ stderr }) => stderr).join('\n'),
      );
      assert.equal(content(work), before);
      await assertSound(work);
    }
  });

  test(`two \`belay resume\` of one run at once, ${rounds} times: gone on with once, the journal whole`, async () => {
    for (let round = 0; round < rounds; round++) {
      await using work = cli();
      await killedAtPause(work, `${more}\n${pause('1s')}\n${last}`);
      const results = await Promise.all([0, 1].map(() => work.run(['resume', 'last'])));
      assert.deepEqual(
        results.map(({ exitCode }) => exitCode).sort(),
        [0, 4],
        results.map(({ stderr }) => stderr).join('\n'),
      );
      assert.equal(work.query('app.db', 'SELECT count(*) FROM users WHERE n = 1'), 200);
      await assertSound(work);
    }
  });

  test(`\`belay resume\` and \`belay rollback\` of one run at once, ${rounds} times: one of them`, async () => {
    for (let round = 0; round < rounds; round++) {
      await using work = cli();
      const before = await killedAtPause(work, `${more}\n${pause('1s')}\n${last}`);
      const [resumed, rolledBack] = await Promise.all([
        work.run(['resume', 'last', '--lock-wait', '0s']),
        work.run(['rollback', 'last', '--confirm', 'app.db', '--lock-wait', '0s']),
      ]);
      const said = `${resumed.exitCode} ${resumed.stderr}\n${rolledBack.exitCode} ${rolledBack.stderr}`;
      await assertSound(work);
      const shown = (await work.run(['runs', 'show', 'last', '--output', 'json'])).json();
      if (shown.state === 'succeeded')
        assert.equal(work.query('app.db', 'SELECT count(*) FROM users WHERE n = 1'), 200, said);
      else assert.equal(content(work), before, said);
      assert.ok(['succeeded', 'rolled-back'].includes(String(shown.state)), `${shown.state}: ${said}`);
    }
  });

  test('a resume after a rollback that died half-way does not go on from what was put back', async () => {
    await using work = cli();
    const before = await killedAtPause(work, `${more}\n${pause('1s')}\n${last}`);
    const { arm, cannotShim } = await import('./shim.ts');
    if (cannotShim) return;
    // Every journal write of the rollback in turn, until one of them is never reached.
    for (let at = 1; at < 400; at += isLong ? 1 : 9) {
      const shim = arm({ role: 'engine', at, fault: 'kill-both', below: [work.path('.belay/journal.db')] });
      await work.run(['rollback', 'last', '--confirm', 'app.db'], { env: shim.env });
      if (!shim.counts().isTriggered) break;
      const resumed = await work.run(['resume', 'last', '--lock-wait', '3s']);
      const now = content(work);
      if (resumed.exitCode === 0) {
        assert.equal(
          work.query('app.db', 'SELECT count(*) FROM users WHERE n = 1'),
          200,
          `call ${at}: ${resumed.stderr}`,
        );
        return;
      }
      assert.notEqual(resumed.exitCode, 1, resumed.stderr);
      assert.equal(work.query('app.db', 'SELECT count(*) FROM users'), 300, `call ${at}: ${now}`);
    }
    assert.equal(content(work), before);
  });

  test('a database swapped under a run is noticed: no commit of ours into the other file', async () => {
    await using work = cli();
    work
      .database('app.db', schema)
      .database('other.db', schema)
      .file('job.yaml', runbook(`${more}\n${pause('1500ms')}\n${last}`));
    const other = contentOf([work.path('other.db')]);
    const going = work.start(['run', 'job.yaml']);
    await going.waitFor(/rows changed/);
    renameSync(work.path('app.db'), work.path('moved.db'));
    for (const suffix of ['-wal', '-shm'])
      if (work.exists(`app.db${suffix}`))
        renameSync(work.path(`app.db${suffix}`), work.path(`moved.db${suffix}`));
    copyFileSync(work.path('other.db'), work.path('app.db'));
    const result = await going.ended;
    assert.notEqual(result.exitCode, 0, result.stderr);
    assert.equal(result.exitCode, 7, result.stderr);
    assert.equal(content(work), other);
  });

  test('a runbook edited during a run changes nothing of it', async () => {
    await using work = cli();
    work.database('app.db', schema).file('job.yaml', runbook(`${more}\n${pause('1s')}\n${last}`));
    const going = work.start(['run', 'job.yaml']);
    await going.waitFor(/rows changed/);
    work.file('job.yaml', runbook(last.replace('id > 200', 'id > 0')));
    const result = await going.ended;
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(work.query('app.db', 'SELECT count(*) FROM users'), 200);
    await sleep(1);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { project } from '../cli/support.ts';
import type { Cli } from '../support/cli.ts';
import { processesOf, runbook } from './support.ts';

/** Large enough that a full check takes seconds. */
const rows = 1_200_000;
const manyRows = `CREATE TABLE many(id INTEGER PRIMARY KEY, a TEXT, b INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
INSERT INTO many SELECT i, 'value ' || (i * 7919 % 1000003), i % 997 FROM n;
CREATE INDEX many_a ON many(a); CREATE INDEX many_b ON many(b, a);
PRAGMA journal_mode = WAL;`;

function large(): Cli {
  return project()
    .database('large.db', manyRows)
    .file(
      'runbooks/check.yaml',
      runbook('check', '  - { id: check, action: sqlite.check, with: { target: db, mode: integrity } }\n'),
    )
    .file(
      'runbooks/update.yaml',
      runbook(
        'update',
        '  - { id: update, action: sqlite.execute, with: { target: db, sql: "UPDATE many SET a = a || \'x\', b = b + 1" } }\n',
      ),
    );
}

describe('a large database', () => {
  test('Ctrl-C stops an integrity check at once: exit 130, intact, nothing left; SIGTERM: 143', async () => {
    await using program = large();
    const whole = await timed(program.run(['run', 'check', '-p', 'database=large.db']));
    assert.equal(whole.result.exitCode, 0, whole.result.stderr);
    for (const [signal, exit] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const running = program.start(['run', 'check', '-p', 'database=large.db', '--output', 'json']);
      await running.waitFor(/"type":"attempt-started"/);
      await sleep(100);
      running.child.kill(signal);
      const { result, ms } = await timed(running.ended);
      assert.equal(result.exitCode, exit, result.stdout);
      assert.ok(ms < Math.max(1000, whole.ms / 2), `stopping took ${ms} ms, the whole check ${whole.ms} ms`);
      assert.deepEqual(processesOf(program.folder), []);
    }
    assert.equal(program.query('large.db', 'PRAGMA quick_check'), 'ok');
  });

  test('kill -9 of the engine during a long UPDATE: nothing of it commits, the next command names the run', async () => {
    await using program = large();
    const before = program.query('large.db', 'SELECT sum(b) FROM many');
    const running = program.start(['run', 'update', '-p', 'database=large.db', '--output', 'json']);
    await running.waitFor(/"type":"attempt-started","step":"update"/);
    await sleep(150);
    running.child.kill('SIGKILL');
    await running.ended;
    const list = await program.run(['runs']);
    assert.match(list.stdout, /interrupted/);
    for (let i = 0; i < 100 && processesOf(program.folder).length > 0; i++) await sleep(50);
    assert.deepEqual(processesOf(program.folder), [], 'the child ends with its engine');
    assert.equal(program.query('large.db', 'SELECT sum(b) FROM many'), before);
    assert.equal(program.query('large.db', 'PRAGMA quick_check'), 'ok');
    const { stderr, exitCode } = await program.run(['run', 'check', '-p', 'database=large.db']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^run run-<id> \(update, started <time>\) was interrupted in step `update`/);
    assert.match(stderr, /\ndata {6}nothing of this run was committed/);
    for (const command of ['runs show', 'rollback', 'resume', 'abandon'])
      assert.match(stderr, new RegExp(`belay ${command} run-<id>`));
    const rolledBack = await program.run(['rollback', 'last', '--output', 'json']);
    assert.ok(rolledBack.exitCode !== null);
  });

  test('a timeout really stops a statement, and a program', async () => {
    await using program = large();
    program.file(
      'runbooks/limited.yaml',
      runbook(
        'limited',
        '  - { id: update, action: sqlite.execute, with: { target: db, sql: "UPDATE many SET a = a || \'x\', b = b + 1" }, timeout: 200ms }\n',
      ),
    );
    const before = program.query('large.db', 'SELECT sum(b) FROM many');
    const { exitCode, stderr } = await program.run(['run', 'limited', '-p', 'database=large.db']);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /the step took longer than its `timeout`/);
    assert.equal(program.query('large.db', 'SELECT sum(b) FROM many'), before);
    program.file(
      'runbooks/program.yaml',
      'apiVersion: belay/v1\nname: program\ntitle: T\nsteps:\n  - { id: sleepy, action: command.run, with: { argv: [sh, -c, "sleep 987 & wait"] }, timeout: 300ms }\n',
    );
    const stopped = await program.run(['run', 'program']);
    assert.equal(stopped.exitCode, 6, stopped.stderr);
    assert.deepEqual(processesOf('sleep\u0000987'), []);
  });
});

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

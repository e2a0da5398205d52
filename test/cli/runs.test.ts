import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { processStart } from '../../src/process/index.ts';
import { project } from './support.ts';

describe('belay runs', () => {
  test('before the first run there is nothing, and nothing is made', async () => {
    await using program = project();
    const { stdout, stderr, exitCode } = await program.run(['runs']);
    assert.deepEqual([stdout, stderr, exitCode], ['', 'no runs\n', 0]);
    assert.deepEqual((await program.run(['runs', '--output', 'json'])).json(), { runs: [] });
    assert.ok(!program.exists('.belay'));
  });

  test('lists runs, also only those that failed', async () => {
    await using program = project();
    await program.run(['run', 'look', '-p', 'database=app.db']);
    await program.run(['run', 'look', '-p', 'database=app.db', '-p', 'least=1000']);
    const all = (await program.run(['runs', 'list', '--output', 'json'])).json().runs as {
      state: string;
      exitCode: number;
    }[];
    assert.deepEqual(
      all.map(({ state, exitCode }) => [state, exitCode]),
      [
        ['failed', 6],
        ['succeeded', 0],
      ],
    );
    const failed = await program.run(['runs', 'list', '--failed', '--since', '24h']);
    assert.equal(failed.stdout.trimEnd().split('\n').length, 2);
    assert.match(failed.stdout, /^run-<id> +look +failed +6 /m);
  });

  test('show tells the whole story without the terminal', async () => {
    await using program = project();
    await program.run(['run', 'look', '-p', 'database=app.db', '-p', 'least=1000']);
    const { stdout, exitCode } = await program.run(['runs', 'show', 'last']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^command {3}belay run look -p database=app\.db -p least=1000$/m);
    assert.match(stdout, /failed +enough/);
    assert.match(stdout, /^cause {5}.*too few entries/m);
    assert.doesNotMatch(stdout, /belay runs show/, 'it does not name itself as the next thing to do');
    const json = (await program.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.equal(json.state, 'failed');
    assert.deepEqual(
      (json.steps as { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`),
      ['check succeeded', 'count succeeded', 'enough failed'],
    );
  });

  test('show says of a run that has ended what it did not come to', async () => {
    await using program = project();
    program.file(
      'runbooks/stop.yaml',
      `apiVersion: belay/v1
name: stop
title: Stop early
steps:
  - { id: no, assert: "\${{ 1 == 2 }}", message: no }
  - { id: behind, action: wait, with: { for: 1ms } }
`,
    );
    assert.equal((await program.run(['run', 'stop'])).exitCode, 6);
    const { stdout } = await program.run(['runs', 'show', 'last']);
    assert.match(stdout, /^ +not run +behind/m);
  });

  test('an unknown run is said', async () => {
    await using program = project();
    assert.match((await program.run(['runs', 'show', 'run-x'])).stderr, /^error\[journal\/unknown-run\]/);
  });

  test('events are the journal, with their place in the chain', async () => {
    await using program = project();
    await program.run(['run', 'look', '-p', 'database=app.db']);
    const lines = (await program.run(['runs', 'events', 'last', '--output', 'json'])).lines();
    assert.deepEqual(
      lines.map(({ sequence }) => sequence),
      lines.map((_, i) => i + 1),
    );
    assert.match((await program.run(['runs', 'events', 'last'])).stdout, /run-started .*runbook=look/);
  });

  test('logs hold what the program of a step wrote', async () => {
    await using program = project();
    program.file(
      'runbooks/talk.yaml',
      'apiVersion: belay/v1\nname: talk\ntitle: Talk\nsteps:\n  - { id: talk, action: command.run, with: { argv: [echo, hello from the program] } }\n',
    );
    assert.equal((await program.run(['run', 'talk'])).exitCode, 0);
    assert.match((await program.run(['runs', 'logs', 'last', 'talk'])).stdout, /hello from the program/);
    const { stderr, exitCode } = await program.run(['runs', 'logs', 'last', 'tal']);
    assert.match(stderr, /^error\[usage\/unknown-step\]: .*\nfix: did you mean `talk`\?/);
    assert.equal(exitCode, 2);
  });

  test('watch follows a run that has ended to its summary', async () => {
    await using program = project();
    await program.run(['run', 'look', '-p', 'database=app.db']);
    const { stderr, exitCode } = await program.run(['runs', 'watch', 'last']);
    assert.equal(exitCode, 0);
    assert.match(stderr, /look succeeded/);
  });

  test('audit proves the chain against a head', async () => {
    await using program = project();
    await program.run(['run', 'look', '-p', 'database=app.db']);
    const { head } = (await program.run(['audit', '--output', 'json'])).json();
    assert.equal((await program.run(['audit', '--head', String(head)])).exitCode, 0);
    assert.equal((await program.run(['audit', '--head', 'f'.repeat(64)])).exitCode, 12);
  });
});

describe('an interrupted run', () => {
  test('is seen by status, names its target, and is given up by abandon', async () => {
    await using program = project();
    program.file(
      'runbooks/slow.yaml',
      `apiVersion: belay/v1
name: slow
title: Long work
params: { database: { type: path, required: true } }
targets: { db: { driver: sqlite, path: "\${{ params.database }}" } }
steps:
  - { id: analyze, action: sqlite.analyze, with: { target: db } }
  - { id: slow, action: command.run, with: { argv: [sleep, "60"] } }
`,
    );
    const running = program.start(['run', 'slow', '-p', 'database=app.db', '--output', 'json']);
    await running.waitFor(/"type":"process-started".*"role":"program"/);
    const alive = await program.run(['abandon', 'last', '--reason', 'testing']);
    assert.equal(alive.exitCode, 4, alive.stderr);
    assert.match(alive.stderr, /^error\[run\/still-running\]/);
    running.child.kill('SIGKILL');
    await running.ended;
    const { stdout, exitCode } = await program.run(['status', 'app', '--check']);
    assert.equal(exitCode, 12);
    assert.match(stdout, /problem {3}run-<id> is interrupted/);
    assert.match(stdout, /lease {5}left by run-<id>/);
    const shown = (await program.run(['runs', 'show', 'last'])).stdout;
    assert.match(shown, /slow interrupted/);
    assert.match(shown, /next {6}belay \w+ run-<id>/);
    const [, orphan] = /"role":"program","pid":(\d+)/.exec(running.text()) ?? [];
    assert.ok(processStart(Number(orphan)) !== undefined, 'the program has outlived its engine');
    const refused = await program.run(['run', 'purge', '-p', 'database=app.db']);
    assert.equal(refused.exitCode, 4, refused.stderr);
    assert.match(refused.stderr, /^run run-<id> \(slow, started <time>\) was interrupted in step `slow`/);
    assert.match(refused.stderr, /\ndata {6}nothing of this run was committed\n/);
    assert.match(refused.stderr, /belay abandon run-<id> --reason TEXT\n/);
    assert.equal(processStart(Number(orphan)), undefined, 'the program was ended before that was said');
    const again = await program.run(['run', 'look', '-p', 'database=app.db']);
    assert.doesNotMatch(again.stderr, /was interrupted in step/, 'it is said once');
    const runs = (await program.run(['runs', '--output', 'json'])).json().runs as {
      id: string;
      state: string;
    }[];
    const id = runs.find(({ state }) => state === 'interrupted')?.id ?? '';
    const abandoned = await program.run(['abandon', id, '--reason', 'testing']);
    assert.equal(abandoned.exitCode, 0, abandoned.stderr);
    const late = await program.run(['rollback', id]);
    assert.equal(late.exitCode, 4, late.stderr);
    assert.match(late.stderr, /was abandoned: what it did stays/);
    assert.match(abandoned.stderr, /free again: db/);
    assert.equal((await program.run(['run', 'purge', '-p', 'database=app.db'])).exitCode, 0);
    const twice = await program.run(['abandon', id, '--reason', 'again']);
    assert.match(twice.stderr, /^error\[run\/already-ended\]/);
  });
});

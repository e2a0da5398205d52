import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from '../cli/support.ts';
import type { Cli } from '../support/cli.ts';

const head = (name: string, more = '') => `apiVersion: belay/v1\nname: ${name}\ntitle: Acceptance\n${more}`;

interface Shown {
  readonly state: string;
  readonly exitCode: number;
  readonly warnings: readonly string[];
  readonly outputs?: Record<string, unknown>;
  readonly steps: readonly {
    id: string;
    state: string;
    attempts: number;
    failure?: { code: string; message: string };
  }[];
}

async function runAndShow(
  program: Cli,
  text: string,
): Promise<{ exitCode: number | null; stderr: string; view: Shown }> {
  program.file('runbooks/book.yaml', text);
  const { exitCode, stderr } = await program.run(['run', 'book']);
  const shown = await program.run(['runs', 'show', 'last', '--output', 'json']);
  return { exitCode, stderr, view: shown.json() as unknown as Shown };
}

const states = ({ steps }: Shown) => steps.map(({ id, state }) => `${id} ${state}`);

describe('the engine, through the program', () => {
  test('retry counts attempts, waits longer each time, and ends with the first that succeeds', async () => {
    await using program = project();
    const { exitCode, stderr, view } = await runAndShow(
      program,
      `${head('book')}steps:
  - id: third
    action: command.run
    with: { argv: [sh, -c, 'echo x >> tries; test $(wc -l < tries) -ge 3'] }
    retry: { limit: 3, interval: 100ms, backoff: 3 }
`,
    );
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      view.steps.map(({ attempts }) => attempts),
      [3],
    );
    const events = (await program.run(['runs', 'events', 'last', '--output', 'json'])).lines() as {
      at: string;
      event?: { type: string; dueAt?: string };
      type?: string;
      dueAt?: string;
    }[];
    const waits = events
      .map((each) => ({
        at: each.at,
        ...(each.event ?? {}),
        ...(each.type === undefined ? {} : { type: each.type }),
        dueAt: each.event?.dueAt ?? each.dueAt,
      }))
      .filter(({ type }) => type === 'retry-scheduled')
      .map(({ at, dueAt }) => Date.parse(dueAt ?? '') - Date.parse(at));
    assert.equal(waits.length, 2);
    assert.ok((waits[1] ?? 0) > 2 * (waits[0] ?? 0), String(waits));
  });

  test('retry gives up after its limit', async () => {
    await using program = project();
    const { exitCode, view } = await runAndShow(
      program,
      `${head('book')}steps:\n  - { id: never, action: command.run, with: { argv: ["false"] }, retry: { limit: 2, interval: 10ms } }\n`,
    );
    assert.equal(exitCode, 6);
    assert.deepEqual(
      view.steps.map(({ attempts, state }) => [attempts, state]),
      [[3, 'failed']],
    );
  });

  test('forEach starts no item after one that failed', async () => {
    await using program = project();
    const { exitCode, view } = await runAndShow(
      program,
      `${head('book')}steps:
  - id: each
    forEach: { items: [one, two, three], as: word }
    action: command.run
    with: { argv: [sh, -c, 'echo "$WORD" >> seen; test "$WORD" != two'], env: { WORD: "\${{ word }}" } }
`,
    );
    assert.equal(exitCode, 6);
    assert.equal(program.read('seen'), 'one\ntwo\n');
    assert.equal(view.steps[0]?.state, 'failed');
  });

  test('always runs after a failure and cannot change the outcome', async () => {
    await using program = project();
    const { exitCode, view } = await runAndShow(
      program,
      `${head('book')}steps:
  - { id: fails, action: command.run, with: { argv: ["false"] } }
  - { id: after, action: command.run, with: { argv: ["true"] } }
always:
  - { id: failsToo, action: command.run, with: { argv: ["false"] } }
  - { id: cleanup, action: command.run, with: { argv: [sh, -c, 'echo done > cleaned'] } }
`,
    );
    assert.equal(exitCode, 6);
    assert.equal(program.read('cleaned'), 'done\n');
    assert.ok(states(view).includes('after pending'), String(states(view)));
  });

  test('a precondition of a step refuses it before it acts', async () => {
    await using program = project();
    const { exitCode, view, stderr } = await runAndShow(
      program,
      `${head('book')}steps:
  - id: guarded
    preconditions: [{ id: never, assert: "\${{ 1 > 2 }}", message: not today }]
    action: command.run
    with: { argv: [touch, acted] }
`,
    );
    assert.ok(exitCode === 4 || exitCode === 6, stderr);
    assert.match(stderr, /not today/);
    assert.ok(!program.exists('acted'));
    assert.ok(states(view).includes('guarded failed'), String(states(view)));
  });

  test('ensure is asked after the action, and is retried with it', async () => {
    await using program = project();
    const { exitCode, view, stderr } = await runAndShow(
      program,
      `${head('book')}steps:
  - id: answer
    action: command.run
    with: { argv: [sh, -c, 'echo x >> tries; wc -l < tries'] }
    ensure: "\${{ int(self.stdout) >= 2 }}"
    message: not yet
    outputs: { n: "\${{ int(self.stdout) }}" }
    retry: { limit: 1, interval: 10ms }
outputs: { answer: "\${{ steps.answer.n * 21.0 }}" }
`,
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(view.steps[0]?.attempts, 2);
    assert.equal(view.outputs?.answer, 42);
  });

  test('onFailure: continue goes on and ends with 11', async () => {
    await using program = project();
    const { exitCode, view, stderr } = await runAndShow(
      program,
      `${head('book')}steps:
  - { id: fails, action: command.run, with: { argv: ["false"] }, onFailure: continue }
  - { id: after, action: command.run, with: { argv: [touch, acted] } }
`,
    );
    assert.equal(exitCode, 11, stderr);
    assert.equal(view.state, 'succeeded');
    assert.ok(program.exists('acted'));
    assert.match(stderr, /with warnings/);
  });

  test('the timeout of the whole run stops it', async () => {
    await using program = project();
    const { exitCode, stderr } = await runAndShow(
      program,
      `${head('book', 'timeout: 500ms\n')}steps:
  - { id: long, action: wait, with: { for: 10m } }
  - { id: after, action: command.run, with: { argv: [touch, acted] } }
`,
    );
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /the run took longer than its `timeout`/);
    assert.ok(!program.exists('acted'));
  });
});

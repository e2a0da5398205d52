import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type JournalEvent,
  type RunState,
  replay,
  runTransitions,
  type StepState,
  stepTransitions,
} from '../../src/journal/index.ts';
import { attemptStarted, recordedStep, runStarted, stored, warning } from './support.ts';

type Ended = 'succeeded' | 'failed' | 'errored' | 'cancelled';

function stepFinished(step: string, state: Ended): JournalEvent {
  return { type: 'step-finished', step, state, attempts: 1, durationMs: 1 };
}

function attemptFinished(step: string, state: Ended): JournalEvent {
  return { type: 'attempt-finished', step, attempt: 1, state, durationMs: 1 };
}

function finished(state: RunState): JournalEvent {
  return { type: 'run-finished', state, exitCode: 0, dataState: 'as before' };
}

test('a run of steps, items, backups and commits folds to its view', () => {
  const view = replay(
    stored([
      runStarted({
        steps: [
          { ...recordedStep('ready'), kind: 'precondition' },
          recordedStep('clean'),
          recordedStep('mail'),
        ],
      }),
      { type: 'lease-taken', target: 'orders', path: '/o.belay-lock', token: 3 },
      { type: 'precondition-checked', step: 'ready', result: 'met' },
      { type: 'for-each-resolved', step: 'clean', keys: ['a', 'b'], items: [1, 2] },
      attemptStarted('clean[a]'),
      {
        type: 'commit-announced',
        step: 'clean[a]',
        target: 'orders',
        effect: 'destroy',
        rows: 7,
        foreignWrites: 'none',
      },
      { type: 'committed', step: 'clean[a]', target: 'orders' },
      attemptFinished('clean[a]', 'failed'),
      attemptStarted('clean[a]', 2),
      attemptFinished('clean[a]', 'succeeded'),
      { ...stepFinished('clean[a]', 'succeeded'), attempts: 2, outputs: { rows: 7 } } as JournalEvent,
      { type: 'step-skipped', step: 'clean[b]', reason: 'nothing to do' },
      stepFinished('clean', 'succeeded'),
      {
        type: 'backup-created',
        step: 'clean',
        target: 'orders',
        backup: 'bak-1',
        path: '/b',
        sizeBytes: 9,
        contentHash: 'c',
        verified: 'quick',
      },
      { type: 'step-skipped', step: 'mail', reason: 'if: false' },
      warning('slow'),
      finished('succeeded'),
      { type: 'lease-released', target: 'orders', path: '/o.belay-lock' },
    ]),
  );
  assert.equal(view.state, 'succeeded');
  assert.deepEqual(
    view.steps.map(({ id, state, items }) => [
      id,
      state,
      items?.map((item) => [item.id, item.state, item.attempts]),
    ]),
    [
      ['ready', 'succeeded', undefined],
      [
        'clean',
        'succeeded',
        [
          ['clean[a]', 'succeeded', 2],
          ['clean[b]', 'skipped', 0],
        ],
      ],
      ['mail', 'skipped', undefined],
    ],
  );
  assert.deepEqual(view.commits, [{ target: 'orders', step: 'clean[a]', rows: 7, effect: 'destroy' }]);
  assert.deepEqual(view.openCommits, []);
  assert.equal(view.backups[0]?.id, 'bak-1');
  assert.deepEqual([view.leases, view.warnings], [[], ['slow']]);
});

test('an interruption leaves the running step unknown and its announced commit open', () => {
  const view = replay(
    stored([
      runStarted(),
      attemptStarted('check'),
      {
        type: 'commit-announced',
        step: 'check',
        target: 'orders',
        effect: 'change',
        rows: 1,
        foreignWrites: 'none',
      },
      { type: 'run-interrupted', foundBy: 'ada' },
    ]),
  );
  assert.equal(view.state, 'interrupted');
  assert.deepEqual(
    view.steps.map(({ state }) => state),
    ['unknown', 'pending'],
  );
  assert.deepEqual(view.openCommits, [{ target: 'orders', step: 'check' }]);
});

test('what a journal cannot say is refused, naming the event', () => {
  const cases: [JournalEvent[], RegExp][] = [
    [[], /the run has no events/],
    [[warning('x')], /event 1 .* is the first of its run, but not its start/],
    [[runStarted(), runStarted()], /event 2 .* already started/],
    [[runStarted(), attemptStarted('none')], /event 2 .* step `none`, which the run does not have/],
    [[runStarted(), stepFinished('check', 'succeeded')], /event 2 .* from pending to succeeded/],
    [[runStarted(), finished('rolled-back')], /event 2 .* from running to rolled-back/],
    [[runStarted(), finished('succeeded'), attemptStarted('check')], /event 3 .* in a run that is succeeded/],
    [[runStarted(), { type: 'committed', step: 'check', target: 'orders' }], /event 2 .* not announced/],
    [[runStarted(), { type: 'from-the-future' } as unknown as JournalEvent], /event 2 .* `from-the-future`/],
  ];
  for (const [events, message] of cases)
    assert.throws(() => replay(stored(events)), { code: 'journal/corrupt', exit: 7, message });
});

/** The events that can take a step to a state, as the engine writes them. */
const stepMoves: Readonly<Partial<Record<StepState, (step: string) => JournalEvent>>> = {
  running: (step) => attemptStarted(step),
  succeeded: (step) => attemptFinished(step, 'succeeded'),
  failed: (step) => stepFinished(step, 'failed'),
  errored: (step) => attemptFinished(step, 'errored'),
  cancelled: (step) => stepFinished(step, 'cancelled'),
  skipped: (step) => ({ type: 'step-skipped', step, reason: 'r' }),
};
const runMoves: readonly RunState[] = [
  'succeeded',
  'failed',
  'aborted',
  'waiting',
  'rolling-back',
  'rolled-back',
];

test('any sequence of moves is accepted exactly as far as the transition tables allow it', () => {
  const move = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(
        fc.constantFrom('check', 'clean'),
        fc.constantFrom(...(Object.keys(stepMoves) as StepState[])),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('run'), fc.constantFrom(...runMoves)) },
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
      const steps: Record<string, StepState> = { check: 'pending', clean: 'pending' };
      let run: RunState = 'running';
      const events: JournalEvent[] = [runStarted()];
      for (const [subject, to] of moves) {
        const isRun = subject === 'run';
        const event = isRun ? finished(to as RunState) : stepMoves[to as StepState]?.(subject);
        assert.ok(event);
        const from = steps[subject] ?? 'pending';
        const isLegal = isRun
          ? runTransitions[run].includes(to as RunState)
          : (run === 'running' || run === 'rolling-back') &&
            (stepTransitions[from].includes(to as StepState) ||
              (event.type === 'step-finished' && from === to));
        if (!isLegal) {
          const sequence = events.length + 1;
          assert.throws(() => replay(stored([...events, event])), {
            code: 'journal/corrupt',
            message: new RegExp(`^event ${sequence} `),
          });
          continue;
        }
        events.push(event);
        if (isRun) run = to as RunState;
        else steps[subject] = to as StepState;
        accepted++;
      }
      const view = replay(stored(events));
      assert.equal(view.state, run);
      assert.deepEqual(Object.fromEntries(view.steps.map(({ id, state }) => [id, state])), steps);
    }),
    { numRuns: 300 },
  );
  assert.ok(accepted > 300);
});

const announced = (step = 'check', target = 'orders'): JournalEvent => ({
  type: 'commit-announced',
  step,
  target,
  effect: 'change',
  rows: 1,
  foreignWrites: 'none',
});
test('an announced commit stays open until an event settles that very one, whatever becomes of attempts', () => {
  const failed = [runStarted(), attemptStarted('check'), announced(), attemptFinished('check', 'failed')];
  const again = [...failed, attemptStarted('check', 2), announced()];
  const open = { target: 'orders', step: 'check' };
  const committed: JournalEvent = { type: 'committed', step: 'check', target: 'orders' };
  const succeeded = [...again, committed, attemptFinished('check', 'succeeded')];
  const withdrawn: JournalEvent = { type: 'commit-withdrawn', step: 'check', target: 'orders' };
  assert.deepEqual(replay(stored(failed)).openCommits, [open]);
  assert.deepEqual(replay(stored(again)).openCommits, [open, open]);
  assert.deepEqual(replay(stored(succeeded)).openCommits, [open]);
  assert.deepEqual(replay(stored([...succeeded, withdrawn])).openCommits, []);
  const named = replay(stored([...again, { ...withdrawn, announcement: 3 }, committed]));
  assert.deepEqual([named.openCommits.length, named.commits.length], [0, 1]);
  const wrong = stored([...again, { ...withdrawn, announcement: 4 }]);
  assert.throws(() => replay(wrong), { code: 'journal/corrupt', message: /not announced/ });
});

test('a step may end again without an attempt: when it is tried again, and when another process goes on with it', () => {
  const ends = ['failed', 'errored', 'cancelled'] as const;
  const interrupted: JournalEvent = { type: 'run-interrupted', foundBy: 'ada' };
  const resumed: JournalEvent = {
    ...{ type: 'run-resumed', operator: 'ada', host: 'h', pid: 2, processStart: '2', command: [] },
    ...{ done: [], bypassed: [] },
  };
  for (const end of ends) {
    const lost: JournalEvent[] = [
      runStarted(),
      attemptStarted('check'),
      interrupted,
      resumed,
      stepFinished('check', end),
    ];
    assert.equal(replay(stored(lost)).steps[0]?.state, end);
    for (const before of ends) {
      const twice = [
        attemptStarted('check'),
        attemptFinished('check', before),
        attemptFinished('check', end),
      ];
      assert.equal(replay(stored([runStarted(), ...twice])).steps[0]?.state, end);
    }
  }
});

test('a step is declared done whatever its last attempt came to, but not before it had one', () => {
  const done = (events: JournalEvent[]): JournalEvent[] => [
    runStarted(),
    ...events,
    { type: 'run-interrupted', foundBy: 'ada' },
    {
      ...{ type: 'run-resumed', operator: 'ada', host: 'h', pid: 2, processStart: '2', command: [] },
      ...{ done: [{ step: 'check', reason: 'looked' }], bypassed: [] },
    },
  ];
  const failed = done([attemptStarted('check'), announced(), attemptFinished('check', 'failed')]);
  assert.equal(replay(stored(failed)).steps[0]?.state, 'succeeded');
  assert.throws(() => replay(stored(done([]))), { code: 'journal/corrupt', message: /which is pending/ });
});

test('a step whose end could not be recorded is unknown to whoever goes on, and is rolled back with its target', () => {
  const committed: JournalEvent = { type: 'committed', step: 'check', target: 'orders' };
  const lost = [runStarted(), attemptStarted('check'), announced(), committed, finished('interrupted')];
  assert.equal(replay(stored(lost)).steps[0]?.state, 'unknown');
  const rollback: JournalEvent[] = [
    { type: 'rollback-started', reason: 'r', operator: 'ada', pid: 1, processStart: '1', targets: [] },
    { type: 'undone', how: 'rows', target: 'orders', proof: 'every row was read back' },
  ];
  assert.equal(replay(stored([...lost, ...rollback])).steps[0]?.state, 'rolled-back');
  const atOnce = [...lost.slice(0, -1), ...rollback];
  assert.equal(replay(stored(atOnce)).steps[0]?.state, 'rolled-back');
});

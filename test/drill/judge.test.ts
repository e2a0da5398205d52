// Verdicts by what was seen: each claim of a run is held against the content.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type Seen } from '../../src/drill/faults/judge.ts';
import { seeded } from '../../src/drill/faults/seeded.ts';
import { chooseInstant, windowOf } from '../../src/drill/faults/window.ts';
import type { JournalEvent, RunView, StoredEvent } from '../../src/journal/index.ts';
import type { Runbook, Step } from '../../src/runbook/index.ts';

const step = { id: 'tell', effect: 'external' } as Step;
const runbook = { steps: [step] } as unknown as Runbook;
const view = { state: 'rolled-back', exitCode: 6, steps: [] } as unknown as RunView;
const seen: Seen = {
  kind: 'after',
  view,
  events: [],
  is: { before: true, after: false, kept: false },
  problems: [],
  difference: '`db`: t 1 row added',
};
const between = { before: false, after: false, kept: false };
const after = { ...between, after: true };
const final = {
  rollback: { targets: [{ target: 'db', how: 'stop', why: 'step `a` is a point of no return: x' }] },
} as unknown as Partial<RunView>;
const events = (...list: readonly object[]): StoredEvent[] =>
  list.map((event, i) => ({
    event: event as JournalEvent,
    sequence: i + 1,
    runId: 'run',
    at: new Date(i * 100).toISOString(),
    hash: '',
  }));
const told = { type: 'attempt-started', step: 'tell', effect: 'external' };

const table: readonly (readonly [string, Partial<Seen>, string, RegExp?])[] = [
  ['put back, and as before', {}, 'before'],
  [
    'it says as before, and is not',
    { is: between },
    'hole',
    /says that the targets are as before.*1 row added/,
  ],
  ['something is left', { problems: ['process 7 is still there'] }, 'hole', /process 7/],
  ['done, and as after', { view: { ...view, state: 'succeeded', exitCode: 0 }, is: after }, 'after'],
  ['done, and not as after', { view: { ...view, state: 'succeeded', exitCode: 0 } }, 'hole', /ends as done/],
  [
    'it went on without a step, as declared',
    {
      view: {
        ...view,
        state: 'succeeded',
        exitCode: 11,
        steps: [{ id: 'a', isContinued: true }],
      } as unknown as RunView,
      is: between,
    },
    'kept',
    /without `a`/,
  ],
  [
    'kept, as its steps left it',
    { view: { ...view, state: 'failed', exitCode: 9 }, is: { ...between, kept: true } },
    'kept',
  ],
  [
    'kept, and something else',
    { view: { ...view, state: 'failed', exitCode: 9 }, is: between },
    'hole',
    /something else/,
  ],
  [
    'accepted, and put back to there',
    { view: { ...view, accepted: 'a' }, is: { ...between, kept: true } },
    'kept',
    /accepted in step `a`/,
  ],
  [
    'it stops for a person',
    { stopped: { dataState: 'as the run left it', wasPutBack: true } },
    'hole',
    /stops for a person \(exit 7\): as the run left it; `belay rollback` then puts/,
  ],
  [
    'a point of no return at the end',
    { view: { ...view, ...final }, stopped: { dataState: 'no', wasPutBack: false }, is: after },
    'after',
  ],
  [
    'a point of no return in the middle',
    { view: { ...view, ...final }, stopped: { dataState: 'no', wasPutBack: false }, is: between },
    'hole',
  ],
  [
    'an outside step that nobody took back',
    { events: events(told) },
    'hole',
    /nothing took back what `tell`/,
  ],
  [
    'an outside step whose undo was begun',
    { events: events(told, { type: 'undo-announced', step: 'tell' }) },
    'before',
  ],
  [
    'a killed run that a person cannot put back',
    { kind: 'kill', view: { ...view, state: 'rollback-failed' } },
    'hole',
  ],
];

for (const [title, part, verdict, reason] of table)
  test(`${title}: ${verdict}`, () => {
    const judged = judge({ ...seen, ...part }, runbook);
    assert.equal(judged.verdict, verdict, judged.reason);
    if (reason !== undefined) assert.match(judged.reason ?? '', reason);
  });

test('an instant lies inside its window, the same for the same seed, and around a commit more often', () => {
  const list = events(
    { type: 'run-started' },
    { type: 'attempt-started', step: 'a[1]' },
    { type: 'commit-announced', step: 'a' },
    { type: 'committed', step: 'a' },
    { type: 'attempt-finished', step: 'a[1]' },
    { type: 'step-finished', step: 'a' },
    { type: 'attempt-started', step: 'b' },
  );
  const window = windowOf(list, 'a');
  assert.equal(window.length, 5);
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed++) {
    const instant = chooseInstant(window, 'a', seeded(seed, 'a kill'));
    assert.ok(instant !== undefined);
    assert.deepEqual(instant, chooseInstant(window, 'a', seeded(seed, 'a kill')));
    const last = window.length - 1;
    assert.ok(instant.event >= 0 && instant.event <= last);
    assert.notEqual(`${instant.event} ${instant.side}`, '0 before');
    assert.notEqual(`${instant.event} ${instant.side}`, `${last} after`);
    assert.ok(instant.delayMs >= 0 && instant.delayMs < 100);
    const name = `${instant.event} ${instant.side}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.ok((counts.get('2 before') ?? 0) > 2 * (counts.get('4 before') ?? 0));
  assert.equal(chooseInstant(windowOf(list, 'missing'), 'missing', Math.random), undefined);
});

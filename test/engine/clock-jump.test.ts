// Whether a clock was set since an event, by how long the machine has been up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockJump } from '../../src/engine/clock-jump.ts';
import type { StoredEvent } from '../../src/journal/index.ts';

const asked = Date.parse('2026-11-21T12:00:00Z');
const minute = 60_000;
const at = (ms: number) => new Date(asked + ms);
const end = { type: 'run-finished', state: 'succeeded', exitCode: 0, dataState: '' } as const;
const events: StoredEvent[] = [
  {
    sequence: 1,
    runId: 'run-1',
    at: at(0).toISOString(),
    event: { ...end, up: { boot: 'a', ms: 0 } },
    hash: '',
  },
  {
    sequence: 2,
    runId: 'run-1',
    at: at(minute).toISOString(),
    event: { type: 'lease-released', target: 'db', path: '' },
    hash: '',
  },
];

for (const [what, wallMs, up, expected] of [
  ['went on', 9 * minute, { boot: 'a', ms: 9 * minute }, 0],
  ['was set forward', 99 * minute, { boot: 'a', ms: 9 * minute }, 90 * minute],
  ['was set back', -minute, { boot: 'a', ms: 9 * minute }, -10 * minute],
  ['was set back a little, and time went on', 5 * minute, { boot: 'a', ms: 9 * minute }, -4 * minute],
  ['went on, the machine started anew', 999 * minute, { boot: 'b', ms: 1 }, 0],
  ['was set back, the machine started anew', -9 * minute, { boot: 'b', ms: 1 }, -10 * minute],
] as const)
  test(`a clock that ${what}`, () => {
    assert.equal(clockJump(events, at(wallMs), up), expected);
  });

// How much time an answer has, by two clocks: one that anybody may set, and one that ends with the machine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateTime } from '../../src/gate/index.ts';
import { elapsedMs, uptime } from '../../src/process/index.ts';

const hour = 3_600_000;
const asked = Date.parse('2026-11-21T12:00:00Z');
const question = { timeoutMs: hour, expiresAt: new Date(asked + hour).toISOString() };
const at = (ms: number) => new Date(asked + ms);

for (const [what, wallMs, waitedMs, expected] of [
  ['in time', hour / 2, hour / 2, 'left'],
  ['at its end', hour, hour, 'over'],
  ['set forward', 2 * hour, 1, 'over'],
  ['set back, in time', -hour, hour / 2, 'left'],
  ['set back, and the time has passed', -hour, hour, 'over'],
  ['set back by a little, and the time has passed', hour - 1, hour, 'over'],
  ['started anew, in time', hour / 2, undefined, 'left'],
  ['started anew, past its end', hour, undefined, 'over'],
  ['started anew and set back', -1, undefined, 'unknown'],
] as const)
  test(`a question whose clock is ${what}: ${expected}`, () => {
    assert.equal(gateTime(question, at(wallMs), waitedMs), expected);
  });

test('what has passed since another start of the machine is not known', () => {
  const now = uptime();
  assert.ok(now !== undefined && now.ms > 0);
  assert.equal(elapsedMs({ boot: now.boot, ms: now.ms - 5 }, now), 5);
  assert.equal(elapsedMs({ boot: 'another', ms: now.ms - 5 }, now), undefined);
  assert.equal(elapsedMs({ boot: now.boot, ms: now.ms + 5 }, now), undefined);
  assert.equal(elapsedMs(undefined, now), undefined);
});

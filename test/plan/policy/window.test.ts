import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isInWindow } from '../../../src/plan/policy/window.ts';

const at = (text: string) => new Date(text);

describe('a window of a policy', () => {
  test('begins with its first minute and ends before its last', () => {
    const window = { from: '08:30', to: '17:00', zone: 'UTC' };
    assert.ok(!isInWindow(window, at('2026-11-20T08:29:59.999Z')));
    assert.ok(isInWindow(window, at('2026-11-20T08:30:00Z')));
    assert.ok(isInWindow(window, at('2026-11-20T16:59:59.999Z')));
    assert.ok(!isInWindow(window, at('2026-11-20T17:00:00Z')));
  });

  test('over midnight belongs to the day on which it began', () => {
    const friday = { days: ['fri'], from: '22:00', to: '05:00', zone: 'UTC' } as const;
    assert.ok(isInWindow(friday, at('2026-11-20T23:00:00Z')));
    assert.ok(isInWindow(friday, at('2026-11-21T04:59:00Z')));
    assert.ok(!isInWindow(friday, at('2026-11-20T04:00:00Z')), 'the night that began on Thursday');
    assert.ok(!isInWindow(friday, at('2026-11-21T23:00:00Z')));
  });

  test('from Saturday into Sunday: the week begins again', () => {
    const saturday = { days: ['sat'], from: '22:00', to: '05:00', zone: 'UTC' } as const;
    assert.ok(isInWindow(saturday, at('2026-11-22T03:00:00Z')));
    assert.ok(!isInWindow(saturday, at('2026-11-23T03:00:00Z')));
  });

  test('is a time of day where its zone is, in summer and in winter', () => {
    const berlin = { days: ['mon'], from: '00:00', to: '01:00', zone: 'Europe/Berlin' } as const;
    assert.ok(isInWindow(berlin, at('2026-01-11T23:30:00Z')), 'Monday 00:30, an hour east of UTC');
    assert.ok(isInWindow(berlin, at('2026-07-12T22:30:00Z')), 'Monday 00:30, two hours east of UTC');
    assert.ok(!isInWindow(berlin, at('2026-07-12T23:30:00Z')));
  });

  test('up to 24:00 is the whole rest of the day; the same time twice is a day and a night', () => {
    assert.ok(isInWindow({ from: '00:00', to: '24:00', zone: 'UTC' }, at('2026-11-20T23:59:59Z')));
    assert.ok(isInWindow({ from: '06:00', to: '06:00', zone: 'UTC' }, at('2026-11-20T05:59:59Z')));
  });
});

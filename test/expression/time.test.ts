import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timestamp } from '../../src/base/index.ts';
import { failure, value } from './support.ts';

const at = (text: string) => ({ now: new Timestamp(Date.parse(text)) });

test('sqlTime is what CURRENT_TIMESTAMP writes: UTC, without fraction', () => {
  assert.equal(value('sqlTime(now)', at('2026-01-31T23:59:59.999Z')), '2026-01-31 23:59:59');
  assert.equal(value('sqlTime(now)', at('1969-12-31T23:59:59.500Z')), '1969-12-31 23:59:59');
});

test('seconds before 1970 are counted down, not cut', () => {
  assert.equal(value('unixSeconds(now)', at('1969-12-31T23:59:59.500Z')), -1);
  assert.equal(value('unixMillis(now)', at('1969-12-31T23:59:59.500Z')), -500);
  assert.equal(value('unixSeconds(now)', at('2026-01-01T00:00:00Z')), 1_767_225_600);
});

test('a format is written in the zone that is asked for', () => {
  const now = at('2026-03-29T00:30:05.007Z');
  assert.equal(value('format(now, "%Y%m%d-%H%M%S.%L %j %y %%")', now), '20260329-003005.007 088 26 %');
  assert.equal(value('format(now, "%Y-%m-%d %H:%M", "America/New_York")', now), '2026-03-28 20:30');
  assert.equal(value('format(now, "%H:%M", "Europe/Berlin")', now), '01:30');
  assert.equal(value('format(now, "%H:%M", "Europe/Berlin")', at('2026-03-29T01:00:00Z')), '03:00');
  assert.equal(value('format(now, "%d %H", "Asia/Kolkata")', at('2026-01-01T18:30:00Z')), '02 00');
});

test('a window may cross midnight; its end is not part of it', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['22:00-05:00', '2026-01-01T22:00:00Z', true],
    ['22:00-05:00', '2026-01-01T04:59:59Z', true],
    ['22:00-05:00', '2026-01-01T05:00:00Z', false],
    ['22:00-05:00', '2026-01-01T12:00:00Z', false],
    ['09:00-17:00', '2026-01-01T09:00:00Z', true],
    ['09:00-17:00', '2026-01-01T17:00:00Z', false],
    ['00:00-24:00', '2026-01-01T23:59:59Z', true],
  ];
  for (const [window, time, expected] of cases)
    assert.equal(value(`inWindow(now, "${window}")`, at(time)), expected, `${window} ${time}`);
  assert.equal(value('inWindow(now, "22:00-05:00", "Asia/Tokyo")', at('2026-01-01T13:00:00Z')), true);
});

test('a zone or window that comes from data fails when it is wrong', () => {
  assert.match(failure('format(now, "%Y", params.name)'), /its time zone is unknown/);
  assert.match(failure('inWindow(now, params.name)'), /its window is not of the form/);
});

test('timestamps are read exactly, and dates that do not exist are refused', () => {
  const epoch = (text: string) => value(`unixMillis(timestamp("${text}" + ""))`);
  assert.equal(epoch('2026-01-31T22:00:00Z'), Date.UTC(2026, 0, 31, 22));
  assert.equal(epoch('2026-01-31T22:00:00.250+02:00'), Date.UTC(2026, 0, 31, 20, 0, 0, 250));
  assert.equal(epoch('2026-01-31 22:00:00'), Date.UTC(2026, 0, 31, 22));
  for (const text of [
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31',
    '2026-01-31T22:00:00',
    'now',
    '2026-01-31T25:00:00Z',
  ])
    assert.match(failure(`timestamp("${text}" + "")`), /not a timestamp/, text);
});

test('CEL accessors take a zone', () => {
  const now = at('2026-03-01T00:30:00Z');
  assert.equal(value('now.getFullYear()', now), 2026);
  assert.equal(value('now.getMonth()', now), 2);
  assert.equal(value('now.getDate("America/New_York")', now), 28);
  assert.equal(value('now.getDayOfWeek()', now), 0);
  assert.equal(value('now.getDayOfYear()', now), 59);
  assert.equal(value('duration("90m").getHours()', now), 1);
});

test('an instant out of range is an error', () => {
  assert.match(failure('now + duration("300000d") + duration("100000000d")'), /out of the range of time/);
});

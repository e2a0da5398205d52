import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonsIn } from '../../../src/operation/prune/comparisons.ts';

/** `column side bound` of each comparison. */
function found(where: string): string[] {
  return comparisonsIn(where, ['at', 'Other', 'odd "name', 'id']).map(
    ({ column, side, bound }) => `${column} ${side} ${bound.name}`,
  );
}

const cases: readonly [where: string, expected: string[]][] = [
  ['at < :cutoff', ['at below cutoff']],
  ['at<=$cutoff', ['at below cutoff']],
  [':cutoff > at', ['at below cutoff']],
  ['t.at >= @cutoff', ['at above cutoff']],
  ['"AT" < :c', ['at below c']],
  ['"odd ""name" < :c', ['odd "name below c']],
  ['`at` < :c AND [other] > :d', ['at below c', 'Other above d']],
  ["at < datetime('now', '-2 days')", ['at below datetime']],
  ["at < datetime('now', (1 + 2)) OR at < unixepoch()", ['at below datetime', 'at below unixepoch']],
  ['datetime(:x) > at', ['at below datetime']],
  ['at < CURRENT_TIMESTAMP', ['at below current_timestamp']],
  ['at BETWEEN :a AND :b', ['at above a', 'at below b']],
  ['at NOT BETWEEN :a AND :b', ['at below a', 'at above b']],
  ['(at < :c)', ['at below c']],
  ['NOT (id > 5 AND at < :c)', ['at below c']],
  // What is no plain column against a plain bound keeps no stored form.
  ['datetime(at) < :c', []],
  ['at + 1 < :c', []],
  ['at < :c + 1', []],
  ['at < :c || x', []],
  ['at = :c', []],
  ['at <> :c', []],
  ['at << :c', []],
  ["'at < :c'", []],
  ['/* at < :c */ id > 3', []],
  ['unknown < :c', []],
  ['at < id', []],
  ['', []],
  ['at <', []],
  ['< :c', []],
  [') > at', []],
];

for (const [where, expected] of cases) {
  test(`comparisons in: ${where}`, () => assert.deepEqual(found(where), expected));
}

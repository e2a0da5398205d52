// Which known name a person probably meant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from '../../src/base/index.ts';

const actions = ['sqlite.check', 'sqlite.executeMany', 'sqlite.execute', 'command.run'];

test('the nearest name is the one with the fewest slips', () => {
  assert.equal(nearestName('sqlite.chekc', actions), 'sqlite.check');
});

test('a name that was broken off is the shortest that begins with it, before any misspelling', () => {
  assert.equal(nearestName('sqlite.exec', actions), 'sqlite.execute');
});

test('a name that is far from all is like none of them', () => {
  assert.equal(nearestName('http.check', actions), undefined);
  assert.equal(nearestName('s', actions), undefined);
});

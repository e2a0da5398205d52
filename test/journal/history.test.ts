// What a run did to its targets, from its events: a commit in doubt stays in doubt until an event settles that very one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historiesOf, type JournalEvent } from '../../src/journal/index.ts';
import { stored } from './support.ts';

const announced = (changeset: string): JournalEvent => ({
  type: 'commit-announced',
  step: 'count',
  target: 'db',
  effect: 'change',
  rows: 1,
  changeset: { sha256: changeset, sizeBytes: 1 },
  foreignWrites: 'none',
});
const finished = (state: 'succeeded' | 'failed' | 'errored'): JournalEvent => ({
  type: 'attempt-finished',
  step: 'count',
  attempt: 1,
  state,
  durationMs: 1,
  ...(state === 'failed' ? { failure: { code: 'target/io-error', message: 'disk I/O error' } } : {}),
});
const committed: JournalEvent = { type: 'committed', step: 'count', target: 'db' };
const withdrawn: JournalEvent = { type: 'commit-withdrawn', step: 'count', target: 'db' };

/** Changesets of the commits, those in doubt with a question mark. */
function commitsOf(events: readonly JournalEvent[]): string[] {
  const commits = historiesOf(stored(events)).flatMap((history) => history.commits);
  return commits.map(({ changeset, isInDoubt }) => `${changeset}${isInDoubt ? '?' : ''}`);
}

test('the end of an attempt settles nothing: not its failure, not the success of a later one', () => {
  assert.deepEqual(commitsOf([announced('a'), finished('failed')]), ['a?']);
  assert.deepEqual(commitsOf([announced('a'), finished('errored'), announced('b'), committed]), ['a?', 'b']);
  const succeeded = [announced('a'), finished('errored'), announced('b'), committed, finished('succeeded')];
  assert.deepEqual(commitsOf(succeeded), ['a?', 'b']);
});

test('what is withdrawn or found is settled, by its announcement when one is named', () => {
  assert.deepEqual(commitsOf([announced('a'), withdrawn, announced('b'), committed]), ['b']);
  const both = [announced('a'), announced('b')];
  assert.deepEqual(commitsOf([...both, { ...withdrawn, announcement: 1 }]), ['b?']);
  assert.deepEqual(commitsOf([...both, { ...committed, announcement: 1 }]), ['a', 'b?']);
});

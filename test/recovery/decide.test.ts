// By the least force that is proven: rows, restore, or a person.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedCommit, TargetHistory } from '../../src/journal/index.ts';
import { decideRollback } from '../../src/recovery/index.ts';

const byRows: RecordedCommit = {
  step: 'delete',
  effect: 'destroy',
  rows: 3,
  changeset: 'ab',
  foreignWrites: 'none',
  announcement: 1,
  isInDoubt: false,
};
const ddl: RecordedCommit = {
  step: 'migrate',
  effect: 'change',
  rows: 0,
  withoutChangeset: 'it changes the schema',
  foreignWrites: 'none',
  announcement: 1,
  isInDoubt: false,
};
const backup = { id: 'bak-1', path: '/s/g/bak-1', contentHash: 'h' };
const automatic = { foreignWritesNow: 'none', mayDiscard: false, isByHand: false } as const;
const history = (commits: readonly RecordedCommit[], rest: Partial<TargetHistory> = {}): TargetHistory => ({
  target: 'db',
  commits,
  backup,
  isTouched: false,
  touchedBy: [],
  isTouchedInPlace: false,
  settings: [],
  ...rest,
});

test('nothing committed: nothing to put back, whatever others wrote', () => {
  const decision = decideRollback(history([]), { ...automatic, foreignWritesNow: 'proven' });
  assert.equal(decision.how, 'nothing');
});

test('every transaction has its rows: they are taken back, beside writes of others', () => {
  const foreign = { ...byRows, foreignWrites: 'proven' } as const;
  assert.equal(
    decideRollback(history([byRows, foreign]), { ...automatic, foreignWritesNow: 'proven' }).how,
    'rows',
  );
});

test('one transaction without rows: the backup is restored when nobody else has written', () => {
  const decision = decideRollback(history([byRows, ddl]), automatic);
  assert.equal(decision.how, 'restore');
  assert.equal(decision.backup, 'bak-1');
});

for (const foreignWritesNow of ['proven', 'unknown'] as const) {
  test(`${foreignWritesNow} writes of others stop an automatic restore`, () => {
    const decision = decideRollback(history([ddl]), { ...automatic, foreignWritesNow });
    assert.equal(decision.how, 'stop');
    assert.match(decision.why, /others/);
  });
}

test('by hand, unknown writes of others do not stop a restore, and proven ones do', () => {
  const byHand = { ...automatic, isByHand: true };
  assert.equal(decideRollback(history([ddl]), { ...byHand, foreignWritesNow: 'unknown' }).how, 'restore');
  assert.equal(decideRollback(history([ddl]), { ...byHand, foreignWritesNow: 'proven' }).how, 'stop');
});

test('a person may discard the writes of others', () => {
  const options = { isByHand: true, mayDiscard: true, foreignWritesNow: 'proven' } as const;
  assert.equal(decideRollback(history([ddl]), options).how, 'restore');
});

test('without a backup from before the first change a person must look', () => {
  const { backup: _, ...withoutBackup } = history([ddl]);
  assert.equal(decideRollback(withoutBackup, automatic).how, 'stop');
});

test('a program that was allowed to touch the target makes what others wrote unknown', () => {
  const touched = history([], { isTouched: true });
  assert.equal(decideRollback(touched, { ...automatic, foreignWritesNow: 'proven' }).how, 'stop');
  assert.equal(
    decideRollback(touched, { ...automatic, foreignWritesNow: 'proven', isByHand: true }).how,
    'restore',
  );
  assert.equal(decideRollback(touched, automatic).how, 'restore');
});

test('a target that a point of no return has changed waits for a person, whatever could be taken back', () => {
  const final = { step: 'delete', reason: 'the tape is erased' };
  const decision = decideRollback(history([byRows]), { ...automatic, final });
  assert.equal(decision.how, 'stop');
  assert.match(decision.why, /`delete` changed it, and is a point of no return: the tape is erased/);
});

const aside = { ...ddl, step: 'aside', files: { move: 'aside', folder: '/q' } } as const;
const placed = { ...ddl, step: 'restore', files: { move: 'placed' } } as const;

test('files that were moved go back, unless others may have written to what came in their place', () => {
  const at = history([aside, placed]);
  const decision = decideRollback(at, automatic);
  assert.deepEqual([decision.how, decision.folder], ['files', '/q']);
  assert.equal(decideRollback(at, { ...automatic, foreignWritesNow: 'proven' }).how, 'stop');
  assert.equal(decideRollback(at, { ...automatic, foreignWritesNow: 'unknown' }).how, 'stop');
  assert.equal(
    decideRollback(at, { ...automatic, foreignWritesNow: 'unknown', isByHand: true }).how,
    'files',
  );
  assert.equal(
    decideRollback(at, { ...automatic, foreignWritesNow: 'proven', mayDiscard: true }).how,
    'files',
  );
});

test('what was changed before its files were moved is for a person', () => {
  const { how, why } = decideRollback(history([ddl, aside]), automatic);
  assert.equal(how, 'stop');
  assert.match(why, /changed before its files were moved to `\/q`/);
});

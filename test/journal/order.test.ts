// Which run changed a file last, and what retention leaves for its sake: by the order of the journal, whatever clocks said.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '../../src/base/index.ts';
import { type Journal, laterChange, neededBackups, openJournal } from '../../src/journal/index.ts';
import { attemptStarted, runFinished, runStarted, temporaryFolder } from './support.ts';

/** A journal whose clock stands where a test puts it. */
function journalAt(): { journal: Journal; set: (at: string) => void } {
  let now = new Date('2026-03-01T12:00:00Z');
  const clock: Clock = { now: () => now, monotonicMs: () => 0 };
  const journal = openJournal(join(temporaryFolder(), 'state'), { clock });
  return {
    journal,
    set: (at) => {
      now = new Date(at);
    },
  };
}

const place = { driver: 'sqlite', realPath: '/srv/app.db', device: '1', inode: '2', sizeBytes: 1 };

function start(journal: Journal, id: string, target = 'db'): void {
  journal.append(id, runStarted({ targets: [{ name: target, ...place }] }));
}

function change(journal: Journal, id: string, target = 'db'): void {
  const at = { step: 'clean', target };
  const backup = { backup: `bak-${id}`, path: '/store', sizeBytes: 1, contentHash: '', verified: 'quick' };
  journal.append(id, attemptStarted('clean'));
  journal.append(id, { type: 'backup-created', ...at, ...backup });
  journal.append(id, {
    type: 'commit-announced',
    ...at,
    effect: 'change',
    rows: 1,
    withoutChangeset: 'DDL',
    foreignWrites: 'none',
  });
  journal.append(id, { type: 'committed', ...at });
}

test('the run that changed a file later is the later one, also when its clock was set back', () => {
  const { journal, set } = journalAt();
  using _journal = journal;
  start(journal, 'run-first');
  change(journal, 'run-first');
  journal.append('run-first', runFinished());
  set('2025-03-01T12:00:00Z');
  start(journal, 'run-second', 'main');
  change(journal, 'run-second', 'main');
  journal.append('run-second', runFinished());
  assert.equal(laterChange(journal, 'run-first', 'db'), 'run-second');
  assert.equal(laterChange(journal, 'run-second', 'main'), undefined);
  assert.deepEqual(
    [...neededBackups(journal)],
    [['bak-run-second', 'run-second, which can still be put back']],
  );
});

test('a run that began first and waited for the lease is the later one', () => {
  const { journal } = journalAt();
  using _journal = journal;
  start(journal, 'run-patient');
  start(journal, 'run-quick');
  change(journal, 'run-quick');
  journal.append('run-quick', runFinished());
  change(journal, 'run-patient');
  journal.append('run-patient', runFinished());
  assert.equal(laterChange(journal, 'run-quick', 'db'), 'run-patient');
  assert.equal(laterChange(journal, 'run-patient', 'db'), undefined);
});

test('what was put back is no later change, and the run before it can be put back again', () => {
  const { journal } = journalAt();
  using _journal = journal;
  for (const id of ['run-first', 'run-second']) {
    start(journal, id);
    change(journal, id);
    journal.append(id, runFinished());
  }
  journal.append('run-second', {
    type: 'rollback-started',
    reason: 'asked for',
    operator: 'ada',
    pid: 1,
    processStart: 'unknown',
    targets: [],
  });
  // Half-way it needs its own, and nobody knows yet.
  assert.deepEqual([...neededBackups(journal).keys()], ['bak-run-second']);
  journal.append('run-second', { type: 'undone', how: 'restore', target: 'db', proof: 'content' });
  journal.append('run-second', {
    type: 'run-finished',
    state: 'rolled-back',
    exitCode: 0,
    dataState: 'as before',
  });
  assert.equal(laterChange(journal, 'run-first', 'db'), undefined);
  assert.deepEqual([...neededBackups(journal).keys()], ['bak-run-first']);
});

test('a program that was allowed to touch a file counts as a change of it', () => {
  const { journal } = journalAt();
  using _journal = journal;
  start(journal, 'run-first');
  change(journal, 'run-first');
  journal.append('run-first', runFinished());
  start(journal, 'run-second');
  journal.append('run-second', { type: 'target-touched', step: 'clean', target: 'db' });
  journal.append('run-second', runFinished());
  assert.equal(laterChange(journal, 'run-first', 'db'), 'run-second');
});

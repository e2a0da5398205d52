// The table of ends: which end of a run has which state and exit code, and what it says of the data.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideOutcome, type Stop } from '../../src/engine/outcome.ts';
import type { RunView, StepView } from '../../src/journal/index.ts';

const failure = { code: 'run/assertion-false', message: 'no' };
const failed: Stop = { kind: 'failed', failure, exit: 6, step: 'delete' };
const interrupted: Stop = { kind: 'interrupted', failure, exit: 130, step: 'delete' };
const refused: Stop = { kind: 'refused', failure, exit: 4 };

const step: StepView = {
  id: 'delete',
  kind: 'step',
  title: 'Delete',
  effect: 'destroy',
  place: 'a.yaml:1',
  state: 'running',
  attempts: 1,
};

const untouched: RunView = {
  id: 'run-1',
  runbook: 'prune',
  title: 'Prune',
  file: 'prune.yaml',
  digest: '',
  state: 'running',
  startedAt: '',
  operator: 'ada',
  operatorHost: 'h',
  host: 'h',
  pid: 1,
  processStart: '1',
  command: [],
  params: {},
  targets: [{ name: 'db', driver: 'sqlite', realPath: '/d/a.db', device: '1', inode: '2', sizeBytes: 4096 }],
  steps: [step],
  backups: [{ id: 'bak-1', target: 'db', path: '/s/bak-1', sizeBytes: 1, step: 'backup' }],
  removedBackups: [],
  changed: [],
  openCommits: [],
  commits: [],
  settings: [],
  writtenMeanwhile: [],
  services: [],
  warnings: [],
  gates: [],
  leases: [],
};
const changed: RunView = {
  ...untouched,
  commits: [{ target: 'db', step: 'delete', rows: 3, effect: 'destroy' }],
};
const maintained: RunView = {
  ...untouched,
  commits: [{ target: 'db', step: 'x', rows: 0, effect: 'maintain' }],
};
const inDoubt: RunView = { ...untouched, openCommits: [{ target: 'db', step: 'delete' }] };

const table: readonly [string, RunView, Stop | undefined, string, number, RegExp][] = [
  ['all steps through, nothing written', untouched, undefined, 'succeeded', 0, /no data was changed/],
  [
    'all steps through, rows deleted',
    changed,
    undefined,
    'succeeded',
    0,
    /3 rows of `db` were changed.*bak-1/,
  ],
  [
    'refused before the first step',
    untouched,
    refused,
    'aborted',
    4,
    /nothing was started; `db` is as before/,
  ],
  [
    'failed before a commit',
    untouched,
    failed,
    'failed',
    6,
    /nothing of this run was committed; `db` is as before/,
  ],
  ['failed after maintenance only', maintained, failed, 'failed', 6, /as before/],
  ['failed after a commit', changed, failed, 'failed', 9, /3 rows of `db` were changed, and kept.*`bak-1`/],
  ['interrupted before a commit', untouched, interrupted, 'aborted', 130, /as before/],
  ['interrupted after a commit', changed, interrupted, 'interrupted', 7, /`bak-1`/],
  [
    'stopped between announcement and commit',
    inDoubt,
    failed,
    'interrupted',
    7,
    /may or may not have been committed.*`bak-1`/,
  ],
];

for (const [title, view, stop, state, exitCode, sentence] of table) {
  test(`${title}: ${state}, exit ${exitCode}`, () => {
    const outcome = decideOutcome(view, stop);
    assert.equal(outcome.state, state);
    assert.equal(outcome.exitCode, exitCode);
    assert.match(outcome.dataState, sentence);
  });
}

test('a rollback that broke off without a word is not taken for changes that were kept', () => {
  const { state, exitCode, dataState } = decideOutcome({ ...changed, state: 'rolling-back' }, failed);
  assert.deepEqual([state, exitCode], ['interrupted', 7]);
  assert.match(dataState, /it was being put back, and part of that may be done/);
});

test('a step that failed under `continue` ends with 11', () => {
  const view: RunView = { ...untouched, steps: [{ ...step, state: 'failed', isContinued: true }] };
  assert.equal(decideOutcome(view, undefined).exitCode, 11);
});

test('a program that was allowed to touch a target counts as a change of it', () => {
  const view: RunView = {
    ...untouched,
    steps: [
      { ...step, action: 'command.run', effect: 'external', target: 'db', startedAt: '2026-01-01T00:00:00Z' },
    ],
  };
  assert.equal(decideOutcome(view, failed).exitCode, 9);
});

test('a program whose step failed before it could be started has changed nothing', () => {
  const view: RunView = {
    ...untouched,
    steps: [{ ...step, action: 'command.run', effect: 'external', target: 'db' }],
  };
  assert.equal(decideOutcome(view, failed).exitCode, 6);
});

test('after a failure that kept changes, the next command restores the first backup', () => {
  assert.equal(decideOutcome(changed, failed).next, 'belay backup restore bak-1 --path /d/a.db');
});

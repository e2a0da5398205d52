// Events of a run, scripted, for views to show.

import type { RunEvent, RunView } from '../../src/journal/index.ts';
import type { RunRenderer } from '../../src/render/index.ts';

export const runId = 'run-20261121-031512-k3f9';
export const startedAt = '2026-11-21T03:15:12.000Z';

const steps = [
  {
    id: 'healthy',
    kind: 'precondition',
    title: 'Connection and quick check',
    effect: 'read',
    place: 'daily.yaml:9',
  },
  {
    id: 'backup',
    kind: 'step',
    title: 'Verified backup',
    action: 'backup.create',
    effect: 'maintain',
    target: 'db',
    place: 'daily.yaml:12',
  },
  {
    id: 'prune',
    kind: 'step',
    title: 'Expired entries',
    action: 'sqlite.prune',
    effect: 'destroy',
    target: 'db',
    place: 'daily.yaml:15',
  },
  { id: 'each', kind: 'step', title: 'Analyze', effect: 'maintain', target: 'db', place: 'daily.yaml:20' },
  { id: 'vacuum', kind: 'step', title: 'Vacuum', effect: 'maintain', target: 'db', place: 'daily.yaml:24' },
] as const;

export const started: RunEvent = {
  type: 'run-started',
  runbook: 'daily',
  title: 'Daily maintenance',
  file: 'daily.yaml',
  digest: 'd'.repeat(64),
  command: ['belay', 'run', 'daily'],
  workingFolder: '/srv',
  params: { database: '/srv/app.db' },
  targets: [
    { name: 'db', driver: 'sqlite', realPath: '/srv/app.db', device: '1', inode: '2', sizeBytes: 12_000_000 },
  ],
  steps,
  operator: 'ana',
  host: 'db1',
  pid: 7,
  processStart: 'x',
  version: '0.1.0',
  files: [{ path: '/srv/daily.yaml', sha256: 'f'.repeat(64), text: 'secret of the file' }],
};

export const failure = {
  code: 'sqlite/full',
  message: 'the disk of `/srv` is full: expected 9 MB, found 2 MB',
  place: 'daily.yaml:24:5',
  fix: 'free some space',
};

/** A run that deletes rows and then fails at its last step. */
export const failingRun: readonly RunEvent[] = [
  started,
  { type: 'precondition-checked', step: 'healthy', result: 'met' },
  {
    type: 'attempt-started',
    step: 'backup',
    attempt: 1,
    action: 'backup.create',
    effect: 'maintain',
    isIdempotent: false,
    with: {},
  },
  { type: 'progress', step: 'backup', message: 'copy', done: 50, total: 200, unit: 'pages' },
  {
    type: 'backup-created',
    step: 'backup',
    target: 'db',
    backup: 'bak-20261121-031512-aaaa',
    path: '/srv/.belay/backups/app/bak',
    sizeBytes: 4_200_000,
    contentHash: 'c',
    verified: 'quick',
  },
  { type: 'attempt-finished', step: 'backup', attempt: 1, state: 'succeeded', durationMs: 1200 },
  { type: 'step-finished', step: 'backup', state: 'succeeded', attempts: 1, durationMs: 1200 },
  {
    type: 'attempt-started',
    step: 'prune',
    attempt: 1,
    action: 'sqlite.prune',
    effect: 'destroy',
    isIdempotent: false,
    with: {},
  },
  { type: 'warning', step: 'prune', message: 'a warning with \u001b[31mcolour\u001b[0m in it' },
  {
    type: 'attempt-finished',
    step: 'prune',
    attempt: 1,
    state: 'succeeded',
    durationMs: 90,
    measures: [{ name: 'deleted', value: 1203, unit: 'rows', subject: 'entries' }],
  },
  { type: 'step-finished', step: 'prune', state: 'succeeded', attempts: 1, durationMs: 90 },
  { type: 'step-skipped', step: 'each', reason: '`if: params.deep` is false' },
  {
    type: 'attempt-started',
    step: 'vacuum',
    attempt: 1,
    action: 'sqlite.vacuum',
    effect: 'maintain',
    isIdempotent: true,
    with: {},
  },
  { type: 'step-output', step: 'vacuum', stream: 'stderr', text: 'last words\n' },
  { type: 'attempt-finished', step: 'vacuum', attempt: 1, state: 'failed', durationMs: 400, failure },
  { type: 'step-finished', step: 'vacuum', state: 'failed', attempts: 1, durationMs: 400, failure },
];

export const failedView: RunView = {
  id: runId,
  runbook: 'daily',
  title: 'Daily maintenance',
  file: 'daily.yaml',
  digest: 'd'.repeat(64),
  state: 'failed',
  exitCode: 9,
  startedAt,
  endedAt: '2026-11-21T03:15:14.000Z',
  operator: 'ana',
  operatorHost: 'db1',
  host: 'db1',
  pid: 7,
  processStart: 'x',
  command: ['belay', 'run', 'daily'],
  params: { database: '/srv/app.db' },
  targets: started.type === 'run-started' ? started.targets : [],
  steps: [
    { ...steps[0], state: 'succeeded', attempts: 1 },
    { ...steps[1], state: 'succeeded', attempts: 1, startedAt, durationMs: 1200 },
    {
      ...steps[2],
      state: 'succeeded',
      attempts: 1,
      startedAt,
      durationMs: 90,
      measures: [{ name: 'deleted', value: 1203, unit: 'rows', subject: 'entries' }],
    },
    { ...steps[3], state: 'skipped', attempts: 0, reason: '`if: params.deep` is false' },
    { ...steps[4], state: 'failed', attempts: 2, startedAt, durationMs: 400, failure },
  ],
  backups: [
    {
      id: 'bak-20261121-031512-aaaa',
      target: 'db',
      path: '/srv/.belay/backups/app/bak',
      sizeBytes: 4_200_000,
      step: 'backup',
    },
  ],
  removedBackups: [],
  changed: [],
  openCommits: [],
  settings: [],
  writtenMeanwhile: [],
  commits: [{ target: 'db', step: 'prune', rows: 1203, effect: 'destroy' }],
  services: [],
  warnings: ['a warning'],
  dataState:
    '1,203 rows of `db` were changed, and kept; the state before is backup `bak-20261121-031512-aaaa`',
  failure,
  failedStep: 'vacuum',
  next: 'belay backup restore bak-20261121-031512-aaaa --path /srv/app.db',
  leases: [],
  gates: [],
};

export const goodView: RunView = (() => {
  const { failure: _failure, failedStep: _step, ...rest } = failedView;
  return { ...rest, state: 'succeeded', exitCode: 0, warnings: [], next: `belay runs show ${runId}` };
})();

export async function play(
  renderer: RunRenderer,
  events: readonly RunEvent[],
  view: RunView | undefined,
): Promise<void> {
  for (const event of events) renderer.event(runId, event, startedAt);
  await renderer.close(view);
}

// Events of a small run, for tests of the journal.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/index.ts';
import { type Journal, type JournalEvent, openJournal, type StoredEvent } from '../../src/journal/index.ts';
import { thisProcess } from '../../src/process/index.ts';

export type Started = Extract<JournalEvent, { type: 'run-started' }>;

export function runStarted(changes: Partial<Started> = {}): Started {
  return {
    type: 'run-started',
    runbook: 'nightly',
    title: 'Nightly',
    file: 'runbooks/nightly.yaml',
    digest: 'd1',
    command: ['run', 'nightly'],
    workingFolder: '/srv',
    params: { keep: 30 },
    targets: [],
    steps: [recordedStep('check'), recordedStep('clean')],
    operator: 'ada',
    ...thisProcess(),
    version: '0.1.0',
    files: [],
    ...changes,
  };
}

export function recordedStep(id: string): Started['steps'][number] {
  return { id, kind: 'step', title: id, effect: 'read', place: `runbooks/nightly.yaml:1` };
}

export function attemptStarted(step: string, attempt = 1): JournalEvent {
  return {
    type: 'attempt-started',
    step,
    attempt,
    action: 'wait',
    effect: 'read',
    isIdempotent: true,
    with: {},
  };
}

export function runFinished(state: 'succeeded' | 'failed' = 'succeeded'): JournalEvent {
  return { type: 'run-finished', state, exitCode: state === 'succeeded' ? 0 : 6, dataState: 'as before' };
}

export function warning(message: string): JournalEvent {
  return { type: 'warning', message };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'belay-test-'));
}

export function openAt(
  stateFolder: string,
  options: { readOnly?: boolean; busyTimeoutMs?: number } = {},
): Journal {
  return openJournal(stateFolder, { clock: systemClock, ...options });
}

/** Events as the journal would give them back, for the fold alone. */
export function stored(events: readonly JournalEvent[]): StoredEvent[] {
  return events.map((event, index) => ({
    sequence: index + 1,
    runId: 'run-1',
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    event,
    hash: '',
  }));
}

// The first event of a run: everything that is known before anything is done.

import type { RecordedStep, StoredEvent } from '../event.ts';
import type { RunView } from '../run-view.ts';
import type { EventOf, Fold, StepDraft } from './fold.ts';

/** Of a run that has done nothing. */
export const nothingYet = {
  backups: [],
  removedBackups: [],
  commits: [],
  changed: [],
  settings: [],
  writtenMeanwhile: [],
  openCommits: [],
  warnings: [],
  leases: [],
  services: [],
  gates: [],
} satisfies Partial<RunView>;

export function startFold({ runId, at }: StoredEvent, event: EventOf<'run-started'>): Fold {
  const steps = new Map(event.steps.map((step) => [step.id, pendingStep(step)]));
  return {
    run: {
      id: runId,
      runbook: event.runbook,
      title: event.title,
      file: event.file,
      digest: event.digest,
      state: 'running',
      startedAt: at,
      operator: event.operator,
      ...(event.uid === undefined ? {} : { operatorUid: event.uid }),
      ...(event.sudoUid === undefined ? {} : { operatorSudoUid: event.sudoUid }),
      operatorHost: event.host,
      host: event.host,
      pid: event.pid,
      processStart: event.processStart,
      command: event.command,
      ...(event.environment === undefined ? {} : { environment: event.environment }),
      ...(event.sources === undefined ? {} : { sources: event.sources }),
      ...(event.isPlanned === undefined ? {} : { isPlanned: event.isPlanned }),
      params: event.params,
      targets: event.targets,
      steps: [...steps.values()],
      ...nothingYet,
    },
    steps,
    open: [],
    startedUp: event.up,
  };
}

/** Also of an item, under its own id. */
export function pendingStep({ id, kind, title, action, effect, target, place }: RecordedStep): StepDraft {
  return {
    id,
    kind,
    title,
    ...(action === undefined ? {} : { action }),
    effect,
    ...(target === undefined ? {} : { target }),
    place,
    state: 'pending',
    attempts: 0,
  };
}

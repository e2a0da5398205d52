// What befalls a run as a whole: its leases, its ends, who goes on with it.

import type { StoredEvent } from '../event.ts';
import type { RunView } from '../run-view.ts';
import {
  assignPresent,
  corrupt,
  type EventOf,
  type Fold,
  type Handlers,
  knownStep,
  moveRun,
  moveStep,
  type StepDraft,
} from './fold.ts';

export const runEvents: Handlers<
  | 'run-started'
  | 'lease-taken'
  | 'lease-released'
  | 'warning'
  | 'outputs-decided'
  | 'run-finished'
  | 'run-interrupted'
  | 'run-abandoned'
  | 'run-waiting'
  | 'run-resumed'
  | 'service-state'
  | 'accepted'
> = {
  'run-started'(_fold, _event, stored) {
    throw corrupt(stored, 'starts a run that has already started');
  },
  'lease-taken'({ run }, { target, path, token }) {
    run.leases = [...run.leases, { target, path, token }];
  },
  'lease-released'({ run }, { path }) {
    run.leases = run.leases.filter((lease) => lease.path !== path);
  },
  warning({ run }, { message }) {
    run.warnings = [...run.warnings, message];
  },
  'outputs-decided'({ run }, { outputs }) {
    run.outputs = outputs;
  },
  'run-finished'(fold, event, stored) {
    const { run, startedUp } = fold;
    moveRun(stored, run, event.state);
    // A process that could not record the end of a step, and then could again, knows no more of it than its successor.
    if (event.state === 'interrupted') loseSight(fold, stored);
    run.endedAt = stored.at;
    if (startedUp !== undefined && startedUp.boot === event.up?.boot)
      run.durationMs = event.up.ms - startedUp.ms;
    else delete run.durationMs;
    run.exitCode = event.exitCode;
    run.dataState = event.dataState;
    assignPresent(run, {
      failure: event.failure,
      failedStep: event.failedStep,
      outputs: event.outputs,
      next: event.next,
    });
  },
  'run-interrupted'(fold, _event, stored) {
    moveRun(stored, fold.run, 'interrupted');
    loseSight(fold, stored);
  },
  'run-abandoned'({ run }, { operator, reason }, stored) {
    moveRun(stored, run, 'aborted');
    run.endedAt = stored.at;
    run.abandoned = { operator, reason };
    run.leases = [];
  },
  'run-waiting'({ run }, _event, stored) {
    moveRun(stored, run, 'waiting');
  },
  'run-resumed'(fold, event, stored) {
    const { run } = fold;
    moveRun(stored, run, 'running');
    run.host = event.host;
    run.pid = event.pid;
    run.processStart = event.processStart;
    for (const { step } of event.done) declareDone(stored, knownStep(fold, stored, step));
  },
  'service-state'({ run }, event) {
    run.services = withService(run.services, event);
  },
  accepted({ run }, { step }) {
    run.accepted = step;
    run.settings = run.settings.map((settings) => ({ ...settings, isAccepted: true }));
    run.commits = run.commits.map((commit) => ({ ...commit, isAccepted: true }));
  },
};

/** What was at work may have taken effect, or not. */
function loseSight({ steps }: Fold, stored: StoredEvent): void {
  for (const step of steps.values()) if (step.state === 'running') moveStep(stored, step, 'unknown');
}

/** By a person, who looked: whatever its last attempt was recorded to have come to. */
function declareDone(stored: StoredEvent, step: StepDraft): void {
  if (step.state === 'pending' || step.state === 'rolled-back')
    throw corrupt(stored, `declares step \`${step.id}\` done, which is ${step.state}`);
  step.state = 'succeeded';
}

function withService(
  services: RunView['services'],
  { service, when, state }: EventOf<'service-state'>,
): RunView['services'] {
  const known = services.find((each) => each.service === service);
  const now = when === 'after' ? state : ('unknown' as const);
  return [...services.filter((each) => each !== known), { service, before: known?.before ?? state, now }];
}

// Events to the state of a run: a pure fold, the same for `runs show`, renderers and recovery. It enforces the
// transition tables: a journal that says something impossible is reported, never interpreted.

import { Failure } from '../diagnostic/index.ts';
import type { JournalEvent, RecordedStep, RecordedUptime, StoredEvent } from './event.ts';
import { historiesOf } from './history.ts';
import type { RollbackView, RunView, SettingsView, StepView } from './run-view.ts';
import { type RunState, runTransitions, type StepState, stepTransitions } from './state.ts';

export type { RunView, StepView } from './run-view.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type StepDraft = Draft<StepView>;
type Started = Extract<JournalEvent, { type: 'run-started' }>;
type Announced = Extract<JournalEvent, { type: 'commit-announced' }>;
type Undone = Extract<JournalEvent, { type: 'undone' }>;

const preconditionStates = { met: 'succeeded', unmet: 'failed', error: 'errored' } as const;

interface Fold {
  readonly startedUp: RecordedUptime | undefined;
  readonly run: Draft<RunView>;
  /** By id; items as `step[key]`. */
  readonly steps: Map<string, StepDraft>;
  /** Announced, and neither committed nor proven not to be; in order. */
  open: { readonly sequence: number; readonly event: Announced }[];
}

/**
 * Folds the events of one run, in order.
 *
 * Fails with `journal/corrupt`, naming the sequence, when the first is not `run-started`, when an event speaks of a
 * step that the run does not have, or when a transition is not in the tables.
 */
export function replay(events: readonly StoredEvent[]): RunView {
  const [first, ...rest] = events;
  if (first?.event.type !== 'run-started')
    throw corrupt(
      first,
      first ? 'is the first of its run, but not its start' : 'is missing: the run has no events',
    );
  const fold = start(first, first.event);
  for (const stored of rest) apply(fold, stored);
  return {
    ...fold.run,
    changed: changedTargets(events),
    openCommits: fold.open.map(({ event: { target, step } }) => ({ target, step })),
  };
}

function changedTargets(events: readonly StoredEvent[]): RunView['changed'] {
  return historiesOf(events).flatMap(({ target, changedAt: sequence, backup }) =>
    sequence === undefined
      ? []
      : [{ target, sequence, ...(backup === undefined ? {} : { backup: backup.id }) }],
  );
}

function start({ runId, at }: StoredEvent, event: Started): Fold {
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
    },
    steps,
    open: [],
    startedUp: event.up,
  };
}

function pendingStep({ id, kind, title, action, effect, target, place }: RecordedStep): StepDraft {
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

function apply(fold: Fold, stored: StoredEvent): void {
  const { run } = fold;
  const { event, at } = stored;
  switch (event.type) {
    case 'run-started':
      throw corrupt(stored, 'starts a run that has already started');
    case 'lease-taken':
      run.leases = [...run.leases, { target: event.target, path: event.path, token: event.token }];
      return;
    case 'lease-released':
      run.leases = run.leases.filter((lease) => lease.path !== event.path);
      return;
    case 'precondition-checked': {
      const step = workingStep(fold, stored, event.step);
      moveStep(stored, step, 'running');
      moveStep(stored, step, preconditionStates[event.result]);
      step.startedAt ??= at;
      step.endedAt = at;
      assignPresent(step, { outputs: event.outputs, failure: event.failure, reason: event.message });
      return;
    }
    case 'step-skipped': {
      const step = workingStep(fold, stored, event.step);
      moveStep(stored, step, 'skipped');
      step.reason = event.reason;
      step.endedAt = at;
      return;
    }
    case 'for-each-resolved': {
      const step = workingStep(fold, stored, event.step);
      moveStep(stored, step, 'running');
      step.startedAt ??= at;
      const items = event.keys.map((key) => itemOf(step, key));
      for (const item of items) fold.steps.set(item.id, item);
      step.items = items;
      return;
    }
    case 'attempt-started': {
      const step = workingStep(fold, stored, event.step);
      moveStep(stored, step, 'running');
      step.attempts = event.attempt;
      step.startedAt ??= at;
      return;
    }
    case 'attempt-finished': {
      const step = workingStep(fold, stored, event.step);
      moveStep(stored, step, event.state);
      step.durationMs = event.durationMs;
      assignPresent(step, { outputs: event.outputs, measures: event.measures, failure: event.failure });
      return;
    }
    case 'step-finished': {
      const step = workingStep(fold, stored, event.step);
      if (step.state !== event.state) moveStep(stored, step, event.state);
      step.attempts = event.attempts;
      step.durationMs = event.durationMs;
      step.endedAt = at;
      if (event.state === 'succeeded') delete step.failure;
      assignPresent(step, { outputs: event.outputs, failure: event.failure, isContinued: event.isContinued });
      return;
    }
    case 'commit-announced':
      workingStep(fold, stored, event.step);
      fold.open.push({ sequence: stored.sequence, event });
      return;
    case 'committed': {
      const { target, step, rows, effect, files } = closeCommit(fold, stored, event);
      const commit = { target, step, rows, effect, ...(files === undefined ? {} : { files }) };
      run.commits = [...run.commits, commit];
      return;
    }
    case 'commit-withdrawn':
      closeCommit(fold, stored, event);
      return;
    case 'backup-created': {
      const { backup: id, target, path, sizeBytes, step } = event;
      run.backups = [...run.backups, { id, target, path, sizeBytes, step }];
      return;
    }
    case 'backup-removed':
      run.removedBackups = [...run.removedBackups, { id: event.backup, reason: event.reason }];
      return;
    case 'warning':
      run.warnings = [...run.warnings, event.message];
      return;
    case 'outputs-decided':
      run.outputs = event.outputs;
      return;
    case 'run-finished':
      moveRun(stored, run, event.state);
      // A process that could not record the end of a step, and then could again, knows no more of it than its successor.
      if (event.state === 'interrupted') loseSight(fold, stored);
      run.endedAt = at;
      if (fold.startedUp !== undefined && fold.startedUp.boot === event.up?.boot)
        run.durationMs = event.up.ms - fold.startedUp.ms;
      else delete run.durationMs;
      run.exitCode = event.exitCode;
      run.dataState = event.dataState;
      assignPresent(run, {
        failure: event.failure,
        failedStep: event.failedStep,
        outputs: event.outputs,
        next: event.next,
      });
      return;
    case 'run-interrupted':
      moveRun(stored, run, 'interrupted');
      loseSight(fold, stored);
      return;
    case 'run-abandoned':
      moveRun(stored, run, 'aborted');
      run.endedAt = at;
      run.abandoned = { operator: event.operator, reason: event.reason };
      run.leases = [];
      return;
    case 'gate-asked': {
      const { step, kind, message, digest, expiresAt, lines, approvers, minApprovals } = event;
      const asking = workingStep(fold, stored, step);
      // Asked again when what it shows has changed.
      if (asking.state !== 'waiting') moveStep(stored, asking, 'waiting');
      const gate = { step, kind, message, digest, expiresAt, lines, decisions: [] };
      run.gates = [
        ...run.gates.filter((each) => each.step !== step),
        {
          ...gate,
          ...(approvers === undefined ? {} : { approvers }),
          ...(minApprovals === undefined ? {} : { minApprovals }),
          ...(event.askedUp === undefined ? {} : { askedUp: event.askedUp }),
          ...(event.now === undefined ? {} : { now: event.now }),
          ...(event.inputs === undefined ? {} : { inputs: event.inputs }),
          ...(event.rows === undefined ? {} : { rows: event.rows }),
        },
      ];
      return;
    }
    case 'gate-decided': {
      const { decision, by, how, reason, digest } = event;
      const decided = { decision, by, how, at, ...(reason === undefined ? {} : { reason }) };
      run.gates = run.gates.map((gate) =>
        gate.step === event.step && gate.digest === digest
          ? { ...gate, decisions: [...gate.decisions, decided] }
          : gate,
      );
      return;
    }
    case 'run-waiting':
      moveRun(stored, run, 'waiting');
      return;
    case 'run-resumed':
      moveRun(stored, run, 'running');
      run.host = event.host;
      run.pid = event.pid;
      run.processStart = event.processStart;
      for (const { step } of event.done) declareDone(stored, knownStep(fold, stored, step));
      return;
    case 'service-state':
      run.services = withService(run.services, event);
      return;
    case 'settings-announced': {
      workingStep(fold, stored, event.step);
      const { target, step, before, after } = event;
      run.settings = [...run.settings, { target, step, before, after }];
      return;
    }
    case 'written-meanwhile':
      run.writtenMeanwhile = [...run.writtenMeanwhile, { target: event.target, step: event.step }];
      return;
    case 'accepted':
      run.accepted = event.step;
      run.settings = run.settings.map((settings) => ({ ...settings, isAccepted: true }));
      run.commits = run.commits.map((commit) => ({ ...commit, isAccepted: true }));
      return;
    case 'rollback-started':
      moveRun(stored, run, 'rolling-back');
      run.host = event.host ?? run.host;
      run.pid = event.pid;
      run.processStart = event.processStart;
      run.rollback = {
        reason: event.reason,
        targets: event.targets,
        undone: [],
        failures: [],
        quarantine: [],
      };
      return;
    case 'quarantined':
      noteRollback(run, ({ quarantine }) => ({
        quarantine: [...quarantine, { target: event.target, path: event.path }],
      }));
      return;
    case 'undone': {
      const { type, ...undone } = event;
      noteRollback(run, (rollback) => ({ undone: [...rollback.undone, undone] }));
      // Proven to be as before, whatever of them was in the file.
      fold.open = fold.open.filter((open) => open.event.target !== event.target);
      for (const id of undoneSteps(run, event)) {
        // A rollback that died before it could record may undo, and record, a second time.
        const step = knownStep(fold, stored, id);
        if (step.state !== 'rolled-back') moveStep(stored, step, 'rolled-back');
      }
      run.settings = run.settings.filter((settings) => !isBack(settings, event));
      return;
    }
    case 'undo-failed': {
      const { target, step, failure } = event;
      const failed = {
        failure,
        ...(target === undefined ? {} : { target }),
        ...(step === undefined ? {} : { step }),
      };
      noteRollback(run, (rollback) => ({ failures: [...rollback.failures, failed] }));
      return;
    }
    case 'undo-announced':
    case 'target-touched':
    case 'process-started':
    case 'retry-scheduled':
    case 'signal-received':
      return;
    default:
      // Only a damaged or foreign journal holds another type; a newer format is refused when it is opened.
      throw corrupt(
        stored,
        `is of a type that this format does not have: \`${(event as { type: string }).type}\``,
      );
  }
}

function itemOf(step: StepView, key: string): StepDraft {
  const { id, kind, title, action, effect, target, place } = step;
  return {
    id: `${id}[${key}]`,
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

/** The step an event speaks of. Steps move only while their run does. */
function workingStep(fold: Fold, stored: StoredEvent, id: string): StepDraft {
  const { state } = fold.run;
  if (state !== 'running' && state !== 'rolling-back')
    throw corrupt(stored, `comes in a run that is ${state}`);
  return knownStep(fold, stored, id);
}

function knownStep(fold: Fold, stored: StoredEvent, id: string): StepDraft {
  const step = fold.steps.get(id);
  if (!step) throw corrupt(stored, `speaks of step \`${id}\`, which the run does not have`);
  return step;
}

/** The step itself, or every step that had committed to the target, or had set something of its file. */
function undoneSteps(run: RunView, event: Undone): Set<string> {
  const { step, target, how } = event;
  if (step !== undefined) return new Set([step]);
  if (how === 'settings')
    return new Set(run.settings.filter((each) => isBack(each, event)).map((each) => each.step));
  const own = run.commits.filter((commit) => commit.target === target && commit.isAccepted !== true);
  return new Set(own.map((commit) => commit.step));
}

/** Settings lie in the file: they go back with it, too. */
function isBack({ target, isAccepted }: SettingsView, { target: undone, how }: Undone): boolean {
  return target === undone && isAccepted !== true && (how === 'settings' || how === 'files');
}

function noteRollback(run: Draft<RunView>, change: (rollback: RollbackView) => Partial<RollbackView>): void {
  if (run.rollback !== undefined) run.rollback = { ...run.rollback, ...change(run.rollback) };
}

function moveStep(stored: StoredEvent, step: StepDraft, to: StepState): void {
  if (!stepTransitions[step.state].includes(to))
    throw corrupt(stored, `takes step \`${step.id}\` from ${step.state} to ${to}`);
  step.state = to;
}

/** By a person, who looked: whatever its last attempt was recorded to have come to. */
function declareDone(stored: StoredEvent, step: StepDraft): void {
  if (step.state === 'pending' || step.state === 'rolled-back')
    throw corrupt(stored, `declares step \`${step.id}\` done, which is ${step.state}`);
  step.state = 'succeeded';
}

/** What was at work may have taken effect, or not. */
function loseSight({ steps }: Fold, stored: StoredEvent): void {
  for (const step of steps.values()) if (step.state === 'running') moveStep(stored, step, 'unknown');
}

function moveRun(stored: StoredEvent, run: Draft<RunView>, to: RunState): void {
  if (!runTransitions[run.state].includes(to))
    throw corrupt(stored, `takes the run from ${run.state} to ${to}`);
  run.state = to;
}

function withService(
  services: RunView['services'],
  { service, when, state }: Extract<JournalEvent, { type: 'service-state' }>,
): RunView['services'] {
  const known = services.find((each) => each.service === service);
  const now = when === 'after' ? state : ('unknown' as const);
  return [...services.filter((each) => each !== known), { service, before: known?.before ?? state, now }];
}

/**
 * The announcement that an event settles: the one it names, else the last open one of its step for its target. Nothing
 * but such an event closes one: not the end of an attempt, and not the success of a later one.
 */
function closeCommit(
  fold: Fold,
  stored: StoredEvent,
  event: Extract<JournalEvent, { type: 'committed' | 'commit-withdrawn' }>,
): Announced {
  const { announcement } = event;
  const open = fold.open.findLast(({ sequence, event: { target, step } }) =>
    announcement === undefined ? target === event.target && step === event.step : sequence === announcement,
  );
  if (open === undefined) throw corrupt(stored, 'settles a commit that was not announced');
  fold.open = fold.open.filter((each) => each !== open);
  return open.event;
}

function assignPresent<T extends object>(target: T, values: { [K in keyof T]?: T[K] | undefined }): void {
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) Object.assign(target, { [key]: value });
}

function corrupt(stored: StoredEvent | undefined, problem: string): Failure {
  const which = stored
    ? `event ${stored.sequence} (\`${stored.event.type}\` of \`${stored.runId}\`)`
    : 'an event';
  return new Failure('journal/corrupt', `${which} ${problem}`, {
    state: 'nothing has been changed',
    fix: 'look for the first damage with `belay audit`',
  });
}

// What befalls a step: its conditions, its gate, its attempts, its end.

import { assignPresent, type Handlers, moveStep, workingStep } from './fold.ts';
import { pendingStep } from './start.ts';

const preconditionStates = { met: 'succeeded', unmet: 'failed', error: 'errored' } as const;

export const stepEvents: Handlers<
  | 'precondition-checked'
  | 'step-skipped'
  | 'for-each-resolved'
  | 'attempt-started'
  | 'attempt-finished'
  | 'step-finished'
  | 'gate-asked'
  | 'gate-decided'
> = {
  'precondition-checked'(fold, { step: id, result, outputs, failure, message }, stored) {
    const step = workingStep(fold, stored, id);
    moveStep(stored, step, 'running');
    moveStep(stored, step, preconditionStates[result]);
    step.startedAt ??= stored.at;
    step.endedAt = stored.at;
    assignPresent(step, { outputs, failure, reason: message });
  },
  'step-skipped'(fold, { step: id, reason }, stored) {
    const step = workingStep(fold, stored, id);
    moveStep(stored, step, 'skipped');
    step.reason = reason;
    step.endedAt = stored.at;
  },
  'for-each-resolved'(fold, { step: id, keys }, stored) {
    const step = workingStep(fold, stored, id);
    moveStep(stored, step, 'running');
    step.startedAt ??= stored.at;
    const items = keys.map((key) => pendingStep({ ...step, id: `${step.id}[${key}]` }));
    for (const item of items) fold.steps.set(item.id, item);
    step.items = items;
  },
  'attempt-started'(fold, { step: id, attempt }, stored) {
    const step = workingStep(fold, stored, id);
    moveStep(stored, step, 'running');
    step.attempts = attempt;
    step.startedAt ??= stored.at;
  },
  'attempt-finished'(fold, { step: id, state, durationMs, outputs, measures, failure }, stored) {
    const step = workingStep(fold, stored, id);
    moveStep(stored, step, state);
    step.durationMs = durationMs;
    assignPresent(step, { outputs, measures, failure });
  },
  'step-finished'(fold, event, stored) {
    const { state, attempts, durationMs, outputs, failure, isContinued } = event;
    const step = workingStep(fold, stored, event.step);
    if (step.state !== state) moveStep(stored, step, state);
    step.attempts = attempts;
    step.durationMs = durationMs;
    step.endedAt = stored.at;
    if (state === 'succeeded') delete step.failure;
    assignPresent(step, { outputs, failure, isContinued });
  },
  'gate-asked'(fold, event, stored) {
    const { step, kind, message, digest, expiresAt, lines, approvers, minApprovals } = event;
    const asking = workingStep(fold, stored, step);
    // Asked again when what it shows has changed.
    if (asking.state !== 'waiting') moveStep(stored, asking, 'waiting');
    const gate = { step, kind, message, digest, expiresAt, lines, decisions: [] };
    fold.run.gates = [
      ...fold.run.gates.filter((each) => each.step !== step),
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
  },
  'gate-decided'({ run }, { step, decision, by, how, reason, digest }, { at }) {
    const decided = { decision, by, how, at, ...(reason === undefined ? {} : { reason }) };
    run.gates = run.gates.map((gate) =>
      gate.step === step && gate.digest === digest
        ? { ...gate, decisions: [...gate.decisions, decided] }
        : gate,
    );
  },
};

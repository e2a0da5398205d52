// The gate of a step: asked and answered, or not passed. The question is durable before it is put, the answer before
// anything acts on it.

import { Failure } from '../diagnostic/index.ts';
import type { GateAnswer, GateKeeper } from '../gate/index.ts';
import { thisProcess } from '../process/index.ts';
import type { Step } from '../runbook/index.ts';
import { approvalGate } from './approval.ts';
import type { Execution } from './execution.ts';
import { type AskedGate, askedGate } from './gate-question.ts';
import { type GateStop, type LateAnswer, notPassed } from './gate-stop.ts';

/** Undefined when the step has no gate, or was let through. Fails when the question cannot be made. */
export async function passGate(execution: Execution, step: Step): Promise<GateStop | LateAnswer | undefined> {
  const { gate } = step;
  if (gate === undefined) return undefined;
  return gate.kind === 'confirm'
    ? await confirmGate(execution, step, await askedGate(execution, step, gate))
    : await approvalGate(execution, step, gate);
}

async function confirmGate(
  execution: Execution,
  step: Step,
  asked: AskedGate,
): Promise<GateStop | LateAnswer | undefined> {
  const { recorder, clock, masker } = execution;
  const { question, digest } = asked;
  if (wasConfirmed(execution, step, digest)) return undefined;
  if (isConfirmedOtherwise(execution, step, digest)) {
    const message = `what step \`${step.id}\` was confirmed for has changed: it is asked again`;
    recorder.record({ type: 'warning', step: step.id, message });
  }
  const askedAt = clock.monotonicMs();
  recorder.record({
    type: 'gate-asked',
    step: step.id,
    kind: 'confirm',
    message: question.message,
    ...(question.expect === undefined ? {} : { expect: question.expect }),
    lines: question.lines,
    digest,
    expiresAt: new Date(clock.now().getTime() + question.timeoutMs).toISOString(),
  });
  const keeper = execution.gateKeeper;
  const answer = keeper === undefined ? nobody() : await ask(keeper, execution, asked);
  recorder.record({
    type: 'gate-decided',
    step: step.id,
    decision: answer.decision,
    by: answer.by,
    host: thisProcess().host,
    how: answer.how,
    digest,
    ...(answer.reason === undefined ? {} : { reason: masker(answer.reason) }),
  });
  const waitedMs = clock.monotonicMs() - askedAt;
  if (answer.decision === 'confirmed' && !execution.interrupt.aborted)
    return waitedMs > freshMs ? { kind: 'late', waitedMs } : undefined;
  const failure = new Failure(
    answer.decision === 'expired' ? 'gate/expired' : 'gate/declined',
    answer.decision === 'expired'
      ? `the gate of step \`${step.id}\` expired: ${answer.reason ?? 'nobody answered'}`
      : answer.how === '--confirm'
        ? `the wrong text was given for the gate of step \`${step.id}\`: ${answer.reason ?? ''}`
        : `the gate of step \`${step.id}\` was declined: ${answer.reason ?? 'interrupted'}`,
    { place: step.place },
  );
  return notPassed(execution, 'declined', failure);
}

/** An answer that took longer was given on what may not be so any more. */
const freshMs = 30_000;

/** Of a run that is resumed, or of an answer that came late: exactly this was confirmed before. */
function wasConfirmed(execution: Execution, step: Step, digest: string): boolean {
  return confirmedDigest(execution, step) === digest;
}

function isConfirmedOtherwise(execution: Execution, step: Step, digest: string): boolean {
  const confirmed = confirmedDigest(execution, step);
  return confirmed !== undefined && confirmed !== digest;
}

function confirmedDigest({ journal, recorder }: Execution, step: Step): string | undefined {
  const gate = journal.run(recorder.runId)?.gates.find((each) => each.step === step.id);
  return gate?.decisions.some(({ decision }) => decision === 'confirmed') === true ? gate.digest : undefined;
}

function ask(keeper: GateKeeper, execution: Execution, { question }: AskedGate): Promise<GateAnswer> {
  return keeper.answer(question, execution.interrupt);
}

function nobody(): GateAnswer {
  return { decision: 'declined', by: 'nobody', how: 'nobody', reason: 'there is nobody to ask' };
}

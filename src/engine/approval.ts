// The approval of a step by other people: asked durably, answered while the run lies still, judged when it is resumed.
// What was approved is compared with what the step would do now; what has changed is asked again.

import { formatCount } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import {
  type ApprovalQuestion,
  type ApprovalVerdict,
  closeInbox,
  collectDecisions,
  decideApproval,
  gateTime,
  nameOf,
  openInbox,
  setBackWords,
} from '../gate/index.ts';
import type { GateView, RunView } from '../journal/index.ts';
import { thisProcess, uptime } from '../process/index.ts';
import type { ApprovalGate, Step } from '../runbook/index.ts';
import type { Execution } from './execution.ts';
import { type AskedGate, askedGate } from './gate-question.ts';
import { type GateStop, notPassed } from './gate-stop.ts';

export async function approvalGate(
  execution: Execution,
  step: Step,
  gate: ApprovalGate,
): Promise<GateStop | undefined> {
  const view = execution.journal.run(execution.recorder.runId);
  if (view === undefined) throw new Error(`run ${execution.recorder.runId} is not in the journal`);
  const before = view.gates.find((each) => each.step === step.id && each.kind === 'approval');
  const now = await askedGate(execution, step, gate);
  if (before === undefined) return askOthers(execution, step, gate, now, view);
  const changed = await whatChanged(execution, step, gate, before, now);
  if (changed !== undefined) {
    warn(execution, step, `${changed} since the approval of \`${step.id}\` was asked for: it is asked again`);
    return askOthers(execution, step, gate, now, view);
  }
  // Crash: recorded as approved, and ended before the step began.
  if (isApproved(before)) return undefined;
  const question = questionOf(gate, now, before, view);
  const { stateFolder } = execution.resolved.project;
  const found = collectDecisions(stateFolder, execution.recorder.runId);
  const at = execution.clock.now();
  const verdict = await decideApproval(question, found, at);
  for (const ignored of verdict.ignored) warn(execution, step, ignored);
  return conclude(execution, step, gate, before, verdict, setBackWords(question, at, gateTime(question, at)));
}

/** Order: on record first, then for others to read. */
function askOthers(
  execution: Execution,
  step: Step,
  gate: ApprovalGate,
  now: AskedGate,
  view: RunView,
): GateStop {
  const { recorder, clock, resolved } = execution;
  const expiresAt = new Date(clock.now().getTime() + gate.timeoutMs).toISOString();
  const askedUp = uptime();
  recorder.record({
    type: 'gate-asked',
    step: step.id,
    kind: 'approval',
    message: now.question.message,
    lines: now.question.lines,
    digest: now.digest,
    expiresAt,
    ...(askedUp === undefined ? {} : { askedUp }),
    approvers: gate.approvers,
    minApprovals: gate.minApprovals,
    now: execution.now.toISOString(),
    inputs: now.inputs,
    ...(now.rows === undefined ? {} : { rows: now.rows }),
  });
  closeInbox(resolved.project.stateFolder, recorder.runId);
  openInbox(
    resolved.project.stateFolder,
    questionOf(
      gate,
      now,
      {
        digest: now.digest,
        expiresAt,
        lines: now.question.lines,
        ...(askedUp === undefined ? {} : { askedUp }),
      },
      view,
    ),
  );
  return wait(execution, step, gate.minApprovals, gate);
}

/** In words, or undefined when the approval that was asked for is still about the same. */
async function whatChanged(
  execution: Execution,
  step: Step,
  gate: ApprovalGate,
  before: GateView,
  now: AskedGate,
): Promise<string | undefined> {
  // The clock has moved since; with the `now` of then, only what else has changed makes a difference.
  const then =
    before.now === undefined ? now : await askedGate({ ...execution, now: new Date(before.now) }, step, gate);
  if (then.inputs !== before.inputs) return 'the inputs have changed';
  if (gate.maxRows !== undefined && now.rows !== undefined) {
    const most = Math.max(gate.maxRows, before.rows ?? 0);
    return now.rows > most
      ? `it would change ${formatCount(now.rows, 'row')}, more than the ${most} allowed,`
      : undefined;
  }
  if (then.question.message !== before.message) return 'the message has changed';
  const isSame = now.question.lines.join('\n') === before.lines.join('\n');
  return isSame ? undefined : 'what the step would do has changed';
}

function conclude(
  execution: Execution,
  step: Step,
  gate: ApprovalGate,
  before: GateView,
  verdict: ApprovalVerdict,
  setBack: string,
): GateStop | undefined {
  const { recorder, resolved } = execution;
  const decided = { type: 'gate-decided', step: step.id, digest: before.digest } as const;
  if (verdict.state === 'waiting') return wait(execution, step, verdict.missing, gate);
  if (verdict.state === 'expired')
    recorder.record({
      ...decided,
      decision: 'expired',
      by: 'nobody',
      host: thisProcess().host,
      how: 'timeout',
    });
  else
    for (const { decision, by, host, how, reason } of verdict.counted)
      recorder.record({
        ...decided,
        decision,
        by,
        host,
        how,
        ...(reason === undefined ? {} : { reason: execution.masker(reason) }),
      });
  closeInbox(resolved.project.stateFolder, recorder.runId);
  if (verdict.state === 'approved') return undefined;
  return notPassed(execution, 'declined', refusal(step, before, verdict, setBack));
}

function refusal(
  step: Step,
  before: GateView,
  { state, counted }: ApprovalVerdict,
  setBack: string,
): Failure {
  const [first] = counted;
  return state === 'expired'
    ? new Failure(
        'gate/expired',
        `the approval of step \`${step.id}\` was not complete, or not used, before ${before.expiresAt}${setBack}`,
        { place: step.place },
      )
    : new Failure(
        'gate/declined',
        `step \`${step.id}\` was rejected by ${first?.by ?? 'an approver'}: ${first?.reason ?? 'no reason was given'}`,
        { place: step.place },
      );
}

function wait(execution: Execution, step: Step, missing: number, gate: ApprovalGate): GateStop {
  const { runId } = execution.recorder;
  const who = gate.approvers
    .map((each) => (each.startsWith('key:') ? 'the holder of a key' : each))
    .join(', ');
  return notPassed(
    execution,
    'waiting',
    new Failure(
      'gate/waiting',
      `step \`${step.id}\` waits for ${formatCount(missing, 'approval')}; may be given by: ${who}`,
      { fix: `\`belay approve ${runId} ${step.id}\`, then \`belay resume ${runId}\`` },
    ),
  );
}

function questionOf(
  gate: ApprovalGate,
  { question }: AskedGate,
  asked: Pick<GateView, 'digest' | 'expiresAt' | 'lines' | 'askedUp'>,
  view: RunView,
): ApprovalQuestion {
  // A journal of before uids were kept: nobody is known not to be the operator, so that nobody can approve.
  const uid = view.operatorUid ?? -1;
  return {
    ...question,
    lines: asked.lines,
    digest: asked.digest,
    expiresAt: asked.expiresAt,
    ...(asked.askedUp === undefined ? {} : { askedUp: asked.askedUp }),
    approvers: gate.approvers,
    minApprovals: gate.minApprovals,
    ...(view.environment === undefined ? {} : { environment: view.environment }),
    preventsSelfApproval: gate.preventsSelfApproval,
    operator: {
      uid,
      name: nameOf(uid) ?? view.operator,
      host: view.operatorHost,
      ...(view.operatorSudoUid === undefined ? {} : { sudoUid: view.operatorSudoUid }),
    },
  };
}

function isApproved({ decisions, minApprovals = 1 }: GateView): boolean {
  return decisions.filter(({ decision }) => decision === 'approved').length >= minApprovals;
}

function warn({ recorder, masker }: Execution, step: Step, message: string): void {
  recorder.record({ type: 'warning', step: step.id, message: masker(message) });
}

// What `belay approve` and `belay reject` share: shows what is decided, refuses who may not, asks, and leaves the decision
// in the inbox of the run. Runs no step: the run checks the decision when it is resumed.

import { formatCount } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import {
  type ApprovalQuestion,
  type ApprovalVerdict,
  collectDecisions,
  type Decision,
  decideApproval,
  judgeDecision,
  questionText,
  signedText,
  thisPerson,
  writeDecision,
} from '../gate/index.ts';
import { signWithKey } from '../process/index.ts';
import { askYes } from './ask-yes.ts';
import type { Context } from './context.ts';
import { waitingRun } from './waiting-run.ts';

export interface DecideOptions {
  readonly yes?: boolean;
  readonly reason?: string;
  /** File of a private key. */
  readonly key?: string;
}

export async function decideGate(
  context: Context,
  [word = '', step]: readonly string[],
  kind: Decision['decision'],
  options: DecideOptions,
): Promise<number> {
  const format = context.format(['text', 'json']);
  const question = await waitingRun(context, word, step);
  const { stateFolder } = await context.project();
  if (kind === 'approved' && options.yes === true) await refuseYes(context, question);
  const decision = await makeDecision(context, question, kind, options);
  await refuseUncounted(question, decision);
  context.say(shownQuestion(question));
  const verb = kind === 'approved' ? 'approve' : 'reject';
  if (options.yes !== true) await askYes(context, `${verb} this?`, `belay ${verb} ${question.runId} --yes`);
  writeDecision(stateFolder, decision);
  const { state, missing, counted } = await decideApproval(
    question,
    collectDecisions(stateFolder, question.runId),
    context.clock.now(),
  );
  const { runId } = question;
  const next = state === 'waiting' ? `belay approve ${runId} ${question.step}` : `belay resume ${runId}`;
  if (format === 'json') context.printJson({ id: runId, step: question.step, decision: kind, missing, next });
  else {
    context.say(`${kind} by ${decision.by.name}; the run checks it when it is resumed`);
    if (kind === 'approved') context.say(standing(state, missing, counted));
    context.say(`next: ${next}`);
  }
  return exitCodes.done;
}

/** An approval does not undo a rejection, nor come in time when the time is over. */
function standing(
  state: ApprovalVerdict['state'],
  missing: number,
  counted: ApprovalVerdict['counted'],
): string {
  if (state === 'rejected')
    return `rejected by ${counted[0]?.by} before, which stands: the step will not run`;
  if (state === 'expired') return 'the time for it is over: the step will not run';
  return `still needed: ${formatCount(missing, 'approval')}`;
}

/** Fails with `policy/no-yes`: the environment of the run wants a person at a terminal. */
async function refuseYes(context: Context, { environment: name = '' }: ApprovalQuestion): Promise<void> {
  if ((await context.project()).environments[name]?.policy?.noYes !== true) return;
  throw new Failure(
    'policy/no-yes',
    `environment \`${name}\` lets no option answer a gate; \`--yes\` was given`,
    { state: 'nothing was decided', fix: 'leave `--yes` out, and answer at a terminal' },
  );
}

async function makeDecision(
  context: Context,
  question: ApprovalQuestion,
  kind: Decision['decision'],
  { reason, key }: DecideOptions,
): Promise<Decision> {
  const base = {
    version: 1,
    run: question.runId,
    step: question.step,
    digest: question.digest,
    decision: kind,
    by: thisPerson(context.env),
    at: context.clock.now().toISOString(),
    ...(reason === undefined ? {} : { reason }),
  } as const;
  return key === undefined ? base : { ...base, signature: await signWithKey(key, signedText(base)) };
}

/** Fails with `gate/not-approver` for a decision that the run would ignore. */
async function refuseUncounted(question: ApprovalQuestion, decision: Decision): Promise<void> {
  const judged = await judgeDecision(question, { file: '', ownerUid: decision.by.uid, decision });
  if (judged.counts) return;
  throw new Failure(
    'gate/not-approver',
    `the decision of \`${judged.by}\` would not count: it ${judged.why}`,
    {
      state: 'nothing was decided',
      fix: `may decide: ${question.approvers.map((each) => `\`${each}\``).join(', ')}`,
    },
  );
}

function shownQuestion(question: ApprovalQuestion): string {
  const { runId, runbook, operator, minApprovals, approvers, expiresAt } = question;
  const hasKeys = approvers.some((each) => each.startsWith('key:'));
  return [
    `${runbook}: run ${runId}, started by ${operator.name} on ${operator.host}`,
    `needs ${formatCount(minApprovals, 'approval')} of ${approvers.join(', ')} before ${expiresAt}`,
    ...(hasKeys ? [] : ['identity by operating system only']),
    questionText(question),
  ].join('\n');
}

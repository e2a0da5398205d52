// Whether one decision counts: its owner is who it says, it answers this question, its author is in the list and not the
// operator. Used when it is made, to refuse it, and again when the run reads it, to ignore it.

import { isSignedBy } from '../process/index.ts';
import type { ApprovalQuestion, Decision, FoundDecision } from './inbox.ts';
import { isInGroup, nameOf, type Person } from './person.ts';

export type Judged =
  | {
      readonly counts: true;
      readonly decision: 'approved' | 'rejected';
      /** OS user, or the public key. */
      readonly by: string;
      readonly how: 'os-user' | 'ssh-key';
      readonly person: string;
      readonly uid: number;
      readonly host: string;
      readonly reason?: string;
    }
  | { readonly counts: false; readonly by: string; readonly why: string };

export async function judgeDecision(
  question: ApprovalQuestion,
  { ownerUid, decision }: FoundDecision,
): Promise<Judged> {
  const name = nameOf(ownerUid) ?? `uid ${ownerUid}`;
  const no = (why: string): Judged => ({ counts: false, by: name, why });
  if (decision === undefined) return no('is not a decision that this version of belay can read');
  if (decision.by.uid !== ownerUid) return no(`claims to be of uid ${decision.by.uid}`);
  if (decision.run !== question.runId || decision.step !== question.step) return no('is about another gate');
  if (decision.digest !== question.digest)
    return no('answers an earlier question, which showed something else');
  if (
    question.preventsSelfApproval &&
    isSelf(decision.by, question.operator) &&
    decision.decision === 'approved'
  )
    return no('is of the operator who started the run, who may not approve it');
  const approver = await approverOf(question, decision, ownerUid);
  if (approver === undefined)
    return no(
      decision.signature === undefined
        ? 'is of somebody who is not in the list of approvers'
        : 'is not signed with a key of the list of approvers',
    );
  return {
    counts: true,
    decision: decision.decision,
    by: approver.by,
    how: approver.how,
    person: approver.person,
    uid: ownerUid,
    host: decision.by.host,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
  };
}

/** The same uid, or the same person behind `sudo`. */
export function isSelf(person: Person, operator: Person): boolean {
  const mine = [person.uid, person.sudoUid].filter((uid) => uid !== undefined);
  return [operator.uid, operator.sudoUid].some((uid) => uid !== undefined && mine.includes(uid));
}

/** What a key of the list signs. */
export function signedText({
  run,
  step,
  digest,
  decision,
}: Pick<Decision, 'run' | 'step' | 'digest' | 'decision'>): string {
  return `belay ${decision}\nrun ${run}\nstep ${step}\ndigest ${digest}\n`;
}

interface Approver {
  readonly by: string;
  readonly how: 'os-user' | 'ssh-key';
  readonly person: string;
}

async function approverOf(
  { approvers }: ApprovalQuestion,
  decision: Decision,
  uid: number,
): Promise<Approver | undefined> {
  if (decision.signature !== undefined) {
    for (const approver of approvers.filter((each) => each.startsWith('key:'))) {
      const key = approver.slice('key:'.length);
      const [type = '', body = ''] = key.split(' ');
      if (await isSignedBy(`${type} ${body}`, signedText(decision), decision.signature))
        return { by: `key:${type} …${body.slice(-8)}`, how: 'ssh-key', person: `key ${body}` };
    }
    return undefined;
  }
  const name = nameOf(uid);
  const isListed = approvers.some((approver) =>
    approver.startsWith('@') ? isInGroup(uid, approver.slice(1)) : name !== undefined && approver === name,
  );
  return isListed ? { by: name ?? `uid ${uid}`, how: 'os-user', person: `uid ${uid}` } : undefined;
}

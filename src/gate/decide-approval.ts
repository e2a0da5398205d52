// From the decisions in the inbox to a verdict on the gate. A person counts once, one rejection is enough, and time that
// has run out means no, whatever lies there.

import { gateTime } from './gate-time.ts';
import type { ApprovalQuestion, FoundDecision } from './inbox.ts';
import { type Judged, judgeDecision } from './judge-decision.ts';

export type CountedDecision = Extract<Judged, { counts: true }>;

export interface ApprovalVerdict {
  readonly state: 'approved' | 'rejected' | 'expired' | 'waiting';
  /** One per person. */
  readonly counted: readonly CountedDecision[];
  /** In words, for a warning. */
  readonly ignored: readonly string[];
  /** Approvals still to come. */
  readonly missing: number;
}

export async function decideApproval(
  question: ApprovalQuestion,
  found: readonly FoundDecision[],
  now: Date,
): Promise<ApprovalVerdict> {
  const judged = await Promise.all(found.map((each) => judgeDecision(question, each)));
  const ignored = judged.flatMap((each) =>
    each.counts ? [] : [`a decision of ${each.by} is ignored: it ${each.why}`],
  );
  const counting = judged.filter((each) => each.counts);
  const rejected = counting.find(({ decision }) => decision === 'rejected');
  const approvals = onePerPerson(counting.filter(({ decision }) => decision === 'approved'));
  const missing = Math.max(0, question.minApprovals - approvals.length);
  if (rejected !== undefined) return { state: 'rejected', counted: [rejected], ignored, missing };
  if (gateTime(question, now) !== 'left') return { state: 'expired', counted: approvals, ignored, missing };
  return { state: missing === 0 ? 'approved' : 'waiting', counted: approvals, ignored, missing };
}

/** Keys are persons of their own; who has signed with one is not counted again as an OS user. */
function onePerPerson(approvals: readonly CountedDecision[]): CountedDecision[] {
  const withKey = new Set(approvals.filter(({ how }) => how === 'ssh-key').map(({ uid }) => uid));
  const persons = new Map<string, CountedDecision>();
  for (const approval of approvals) {
    if (approval.how === 'os-user' && withKey.has(approval.uid)) continue;
    if (!persons.has(approval.person)) persons.set(approval.person, approval);
  }
  return [...persons.values()];
}

// Refuses a run that breaks the policy of its environment: before anything is recorded, leased, opened or asked.

import { exitCodes, FindingsFailure } from '../diagnostic/index.ts';
import type { RecordedSource, RunView } from '../journal/index.ts';
import { type PolicyCall, policyFindings } from '../plan/index.ts';
import type { Continuation } from './continuation.ts';
import type { RunRequest } from './request.ts';

/** Fails with all rules that are broken, `policy/…`. */
export async function obeyPolicy(
  request: RunRequest,
  asked: readonly RecordedSource[] | undefined,
): Promise<void> {
  // On copies, or a backup: nothing that a policy guards is touched.
  if (request.standIn !== undefined || request.isFreeOfPolicy === true) return;
  const { continues } = request;
  const sources = asked ?? continues?.view.sources ?? [];
  const findings = await policyFindings(request.resolved, {
    kind: kindOf(continues),
    now: request.now,
    isPlanned: request.planned !== undefined || continues?.view.isPlanned === true,
    answers: request.answers ?? [],
    discardsForeignWrites:
      continues !== undefined && 'choices' in continues && continues.choices.mayDiscardForeignWrites,
    sources,
    behind: continues === undefined ? new Set() : behindOf(continues.view),
    ...(request.lint === undefined ? {} : { lint: request.lint }),
  });
  const broken = findings.filter(({ level }) => level === 'error');
  if (broken.length > 0) throw new FindingsFailure(broken, exitCodes.refused);
}

function kindOf(continues: Continuation | undefined): PolicyCall['kind'] {
  if (continues === undefined) return 'run';
  return continues.kind === 'resume' ? 'resume' : 'rollback';
}

/** What it did under the rules of its time is done; a rule that came later holds for what is ahead. */
function behindOf({ steps }: RunView): ReadonlySet<string> {
  return new Set(steps.filter(({ state }) => state === 'succeeded').map(({ id }) => id));
}

// Refuses by the policy of an environment before a person is asked anything; the engine judges again, with what git says.

import { exitCodes, FindingsFailure } from '../diagnostic/index.ts';
import type { PolicyCall, ResolvedRun } from '../plan/index.ts';

/** Fails with `policy/…`. */
export async function refuseEarly(
  resolved: ResolvedRun,
  call: Pick<PolicyCall, 'kind' | 'now' | 'answers' | 'discardsForeignWrites'>,
): Promise<void> {
  const { policyFindings } = await import('../plan/index.ts');
  const findings = await policyFindings(resolved, { ...call, isPlanned: false, behind: new Set() });
  const broken = findings.filter(({ level }) => level === 'error');
  if (broken.length > 0) throw new FindingsFailure(broken, exitCodes.refused);
}

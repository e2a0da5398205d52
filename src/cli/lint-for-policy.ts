// What lint says of a runbook, for a policy that wants it to pass a profile. Loaded only when one does.

import type { PolicyCall, ResolvedRun } from '../plan/index.ts';
import type { Context } from './context.ts';

export function lintForPolicy(context: Context, resolved: ResolvedRun): NonNullable<PolicyCall['lint']> {
  return async (profile) => {
    const { lintRunbook } = await import('../review/lint/index.ts');
    const { runbook, project } = resolved;
    return (await lintRunbook(runbook, { profile, project, shownFrom: context.cwd })).findings;
  };
}

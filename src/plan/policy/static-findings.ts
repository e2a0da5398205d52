// What of a policy can be said of a runbook by its text alone: when it names a target of the catalogue, not by a param,
// it can only run in the environment of that target.

import type { Finding } from '../../diagnostic/index.ts';
import type { Project } from '../../project/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import { approvalFindings } from './approvals.ts';
import { belongings, namedTargets } from './forced-environment.ts';
import { severalEnvironments } from './several-environments.ts';
import { targetFindings } from './targets.ts';

/** Reads no param, no clock and no target. */
export function staticPolicyFindings(runbook: Runbook, project: Project): Finding[] {
  const targets = namedTargets(runbook, project, {}, new Date(0));
  const belonging = belongings(targets, project);
  const mixed = severalEnvironments(runbook, belonging);
  const environment = belonging[0]?.environment;
  const policy = environment === undefined ? undefined : project.environments[environment]?.policy;
  if (mixed.length > 0 || environment === undefined || policy === undefined) return mixed;
  return [
    ...approvalFindings(policy, { environment }, runbook, new Set()),
    ...targetFindings(policy, { environment }, runbook),
  ];
}

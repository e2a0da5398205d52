// Which environment a run is in, and its params there: the one that was named, else the one that its targets belong to,
// else the default of belay.yaml. Whether all of these agree, the policy says (`policy/other-environment`).

import type { Project } from '../project/index.ts';
import type { ResolvedParams, Runbook } from '../runbook/index.ts';
import { belongings, namedTargets } from './policy/forced-environment.ts';

export interface EnvironmentRequest {
  readonly runbook: Runbook;
  readonly project: Project;
  readonly now: Date;
  /** `--env` */
  readonly asked?: string;
  /** The params of the run when it is in this environment. */
  readonly paramsIn: (environment: string | undefined) => ResolvedParams;
}

export interface DecidedEnvironment {
  readonly environment?: string;
  readonly params: ResolvedParams;
}

export function decideEnvironment(request: EnvironmentRequest): DecidedEnvironment {
  const { runbook, project, now, asked, paramsIn } = request;
  const environment = asked ?? project.defaults.environment;
  const params = paramsIn(environment);
  if (asked === undefined) {
    const targets = namedTargets(runbook, project, params.values, now);
    const [first] = belongings(targets, project);
    if (first !== undefined && first.environment !== environment)
      return { environment: first.environment, params: paramsIn(first.environment) };
  }
  return { ...(environment === undefined ? {} : { environment }), params };
}

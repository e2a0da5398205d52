// Puts a decided run on the fixtures and stubs of its environment, where it is not really run: plans, rehearsals, drills.

import { nearestName } from '../base/index.ts';
import { exitCodes, Failure, FindingsFailure } from '../diagnostic/index.ts';
import type { FixtureRun } from '../drill/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import type { Environment, Project } from '../project/index.ts';
import type { Context } from './context.ts';

/** The environment that a command works in; undefined without one, and for a name that is not declared. */
export function environmentOf(project: Project, named: string | undefined): Environment | undefined {
  const name = named ?? project.defaults.environment;
  return name === undefined ? undefined : project.environments[name];
}

/** Fails with `usage/unknown-environment`. */
export function environmentNamed(project: Project, name: string): Environment {
  const environment = project.environments[name];
  if (environment === undefined) {
    const near = nearestName(name, Object.keys(project.environments));
    throw new Failure('usage/unknown-environment', `belay.yaml has no environment \`${name}\``, {
      fix:
        near === undefined
          ? 'declare it under `environments` in belay.yaml'
          : `did you mean \`--env ${near}\`?`,
    });
  }
  return environment;
}

/** What `now` is there. */
export function nowIn(context: Context, environment: Environment | undefined): Date {
  return environment?.now ?? context.clock.now();
}

/** Fails with `drill/bad-fixture` and `drill/bad-stub`. */
export async function onFixtures(decided: ResolvedRun, scratchFolder: string): Promise<FixtureRun> {
  const environment = environmentOf(decided.project, decided.environment);
  if (environment === undefined) return { resolved: decided, asDeclared: (value) => value };
  const [resolved, { putOnFixtures }, { sqliteDriver }] = await Promise.all([
    onStubs(decided),
    import('../drill/index.ts'),
    import('../target/sqlite/index.ts'),
  ]);
  return await putOnFixtures(resolved, environment, { driver: sqliteDriver, scratchFolder });
}

/** With the stubs of its environment alone. Fails with `drill/bad-stub`. */
export async function onStubs(resolved: ResolvedRun): Promise<ResolvedRun> {
  const environment = environmentOf(resolved.project, resolved.environment);
  if (environment === undefined) return resolved;
  const { withStubs } = await import('../drill/index.ts');
  const { runbook, findings } = withStubs(resolved.runbook, environment.stubs);
  if (findings.length > 0) throw new FindingsFailure(findings, exitCodes.invalid);
  return { ...resolved, runbook };
}

// Makes the plan of a decided run against the live targets. Read-only.

import type { Plan, PlanRequest, ResolvedRun } from '../plan/index.ts';
import { findingToJson } from '../render/index.ts';
import type { Context } from './context.ts';
import { lintForPolicy } from './lint-for-policy.ts';
import { neededHere } from './needed-here.ts';
import { createScratchFolder } from './scratch.ts';

export async function makePlan(
  context: Context,
  resolved: ResolvedRun,
  options: Pick<PlanRequest, 'now' | 'mayProbeExternal' | 'policy'>,
): Promise<Plan> {
  const [{ createPlan }, { sqliteDriver }, { listBackups, targetGroups }, { openLocalStore }] =
    await Promise.all([
      import('../plan/index.ts'),
      import('../target/sqlite/index.ts'),
      import('../backup/index.ts'),
      import('../store/index.ts'),
    ]);
  using scratch = createScratchFolder();
  return await createPlan({
    resolved,
    driver: sqliteDriver,
    clock: context.clock,
    now: options.now,
    scratchFolder: scratch.path,
    mayProbeExternal: options.mayProbeExternal,
    ...(options.policy === undefined
      ? {}
      : {
          policy: { lint: lintForPolicy(context, resolved), ...options.policy },
          neededBackups: () => neededHere(context),
        }),
    listBackups: async (target, name) => {
      const place = name === undefined ? target.store : (resolved.project.stores[name] ?? target.store);
      const found = await listBackups(openLocalStore(place.name, place.path), await targetGroups(target));
      return found.map(({ entry }) => entry);
    },
  });
}

/** As `--output json` promises it (docs/json-output.md). */
export function planToJson(plan: Plan): object {
  return {
    ...plan,
    refusals: plan.refusals.map(findingToJson),
    failures: plan.failures.map(findingToJson),
    warnings: plan.warnings.map(findingToJson),
  };
}

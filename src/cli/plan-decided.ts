// Plans a decided run on the fixtures of its environment, or on the live targets where it has none.

import type { Plan, ResolvedRun } from '../plan/index.ts';
import type { Context } from './context.ts';
import { makePlan } from './make-plan.ts';
import { environmentOf, nowIn, onFixtures } from './on-fixtures.ts';
import { createScratchFolder } from './scratch.ts';

export interface PlanDecidedOptions {
  readonly env?: string;
  readonly probeExternal?: boolean;
}

/** `decide` is given what `now` is. */
export async function planDecided(
  context: Context,
  options: PlanDecidedOptions,
  decide: (now: Date) => Promise<ResolvedRun>,
): Promise<{ readonly plan: Plan; readonly resolved: ResolvedRun }> {
  const now = nowIn(context, environmentOf(await context.project(), options.env));
  const decided = await decide(now);
  using scratch = createScratchFolder();
  const { resolved, asDeclared } = await onFixtures(decided, scratch.path);
  const isOnFixtures = resolved.targets.some(({ standsFor }) => standsFor !== undefined);
  const plan = await makePlan(context, resolved, {
    now,
    mayProbeExternal: options.probeExternal === true,
    // What is planned here is what `run --plan` would run; what is planned on fixtures is run nowhere.
    ...(isOnFixtures ? {} : { policy: { isPlanned: true, answers: [] } }),
  });
  return { plan: asDeclared(plan), resolved };
}

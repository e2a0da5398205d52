// What stands in for the world where a run must not touch it: a rehearsal. The engine asks; who answers is above it.

import type { Value } from '../base/index.ts';
import type { Bindings } from '../expression/index.ts';
import type { Step } from '../runbook/index.ts';

export interface StandIn {
  /** Why it cannot be decided here whether the step runs. */
  whyNoCondition(step: Step): string | undefined;
  /** Why the step, whose condition holds, is not run here; undefined: it is. */
  whyNot(step: Step): string | undefined;
  /** What an attempt of it yields instead of running; undefined: it really runs. */
  outputsOf(step: Step, bindings: Bindings): Readonly<Record<string, Value>> | undefined;
  /** The input with every path that it would write moved to where nothing stays. */
  redirect(step: Step, input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Called once an attempt is on record, and once it has acted: fails it there by throwing. `stepId` as in the journal. */
  strike?(moment: 'before' | 'after', stepId: string): void;
}

// Which strike a fault is, from what the undisturbed run recorded; or why it cannot be injected. Pure.

import type { RunView, StepView, StoredEvent } from '../../journal/index.ts';
import type { Fault, Strike } from './fault.ts';
import type { Baseline } from './undisturbed.ts';
import { chooseInstant, windowOf } from './window.ts';

export type Chosen =
  | { readonly strike: Strike }
  /** `isLate`: it could be, if what it starts from had been reached in time. */
  | { readonly whyNot: string; readonly isLate?: boolean };

/** `failedAfter`: what the run recorded in which the step failed once it had acted. */
export function strikeFor(
  { step, kind }: Fault,
  baseline: Pick<Baseline, 'view' | 'events' | 'leftOut'>,
  failedAfter: readonly StoredEvent[] | undefined,
  random: () => number,
): Chosen {
  const { view, events, leftOut } = baseline;
  const reached = view?.steps.find(({ id }) => id === step);
  const whyNot = whyNotReached(reached, view, leftOut.notSimulated[step]);
  if (whyNot !== undefined) return { whyNot };
  const window = windowOf(events, step);
  const begun = begunAs(events, step);
  if (window.length === 0 || begun.length === 0) return { whyNot: 'it was not begun' };
  const chosen = begun[Math.floor(random() * begun.length)] ?? step;
  if (reached?.kind === 'engine' && (kind === 'before' || kind === 'after' || kind === 'rollback'))
    return { whyNot: "the engine's own step: it is only killed" };
  switch (kind) {
    case 'before':
    case 'after':
      return { strike: { fail: { step: chosen, moment: kind } } };
    case 'kill':
    case 'resume':
    case 'sql': {
      const instant = chooseInstant(window, step, random);
      if (instant === undefined) return { whyNot: 'nothing happens in it' };
      return { strike: { kill: { ...instant, what: kind === 'sql' ? 'sql' : 'engine' } } };
    }
    case 'rollback': {
      if (failedAfter === undefined) return { whyNot: 'so was its failure', isLate: true };
      const rollback = windowOf(failedAfter, undefined);
      const instant = chooseInstant(rollback, undefined, random);
      const failed = failedAfter.find(
        ({ event }) => event.type === 'attempt-finished' && event.state === 'failed',
      );
      const at = failed?.event.type === 'attempt-finished' ? failed.event.step : chosen;
      if (instant === undefined) return { whyNot: 'its failure leads to no rollback' };
      return { strike: { fail: { step: at, moment: 'after' }, kill: { ...instant, what: 'engine' } } };
    }
  }
}

function whyNotReached(
  step: StepView | undefined,
  view: RunView | undefined,
  notSimulated: string | undefined,
): string | undefined {
  if (notSimulated !== undefined) return `not simulated: ${notSimulated}`;
  if (step?.state === 'skipped') return `skipped: ${step.reason ?? 'its condition is false'}`;
  if (step === undefined || step.state === 'pending')
    return `the undisturbed run ends before it${view?.failedStep === undefined ? '' : ` (in \`${view.failedStep}\`)`}`;
  return undefined;
}

/** The step, or those of its items that were started. */
function begunAs(events: readonly StoredEvent[], step: string): string[] {
  const begun = new Set<string>();
  for (const { event } of events)
    if (event.type === 'attempt-started' && event.step.replace(/\[.*$/s, '') === step) begun.add(event.step);
  return [...begun];
}

// The steps of a rehearsal as its report has them: in the order of the run, with what did not really run.

import type { RunView, StepView } from '../journal/index.ts';
import type { RehearsedStep } from './report.ts';
import type { RehearsalStandIn } from './stand-in.ts';

export function stepReports(view: RunView, standIn: RehearsalStandIn): RehearsedStep[] {
  return view.steps.map((step) => {
    const reason = step.state === 'skipped' ? step.reason : step.failure?.message;
    return {
      id: step.id,
      title: step.title,
      state: stateOf(step, standIn),
      ...(reason === undefined ? {} : { reason }),
      ...(step.durationMs === undefined ? {} : { durationMs: step.durationMs }),
    };
  });
}

function stateOf({ id, state }: StepView, { notSimulated, stubbed }: RehearsalStandIn): string {
  if (state === 'skipped' && notSimulated.has(id)) return 'not-simulated';
  return state === 'succeeded' && stubbed.has(id) ? 'stubbed' : state;
}

// A run that was refused before anything of it began: it says nothing about its database.

import type { RunView, StepView } from './run-view.ts';

/** `alsoUnmet`: also one whose preconditions did not hold. */
export function wasTurnedAway({ state, exitCode, steps }: RunView, alsoUnmet = false): boolean {
  const mayHaveBegun = ({ kind }: StepView): boolean => alsoUnmet && kind === 'precondition';
  return (
    state === 'aborted' &&
    exitCode === 4 &&
    steps.every((step) => step.state === 'pending' || mayHaveBegun(step))
  );
}

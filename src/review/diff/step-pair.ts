// A step before and after, and what its comparison may ask of both sides.

import type { RunbookSide, StepView } from './side.ts';

export interface StepPair {
  readonly old: StepView;
  readonly now: StepView;
  readonly sides: { readonly old: RunbookSide; readonly now: RunbookSide };
  /** Old ids of steps, to new ones. */
  readonly renames: ReadonlyMap<string, string>;
}

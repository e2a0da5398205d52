// Retention as a step writes it → retention as the store's decisions take it.

import type { Duration } from '../../base/index.ts';
import type { KeepPolicy } from '../action.ts';
import { milliseconds } from '../values.ts';

export interface WrittenPolicy extends Omit<KeepPolicy, 'within'> {
  readonly within?: Duration | string;
}

export function policyOf({ within, ...rest }: WrittenPolicy): KeepPolicy {
  return within === undefined ? rest : { ...rest, within: milliseconds(within) };
}

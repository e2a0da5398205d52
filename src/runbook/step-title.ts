// What a step is called on a screen when it has no name.

import type { AnyAction } from '../action/index.ts';
import type { Raw } from './compile-context.ts';

export function titleOf({
  name,
  action,
  targets,
  raw,
}: {
  readonly name: string | undefined;
  readonly action: AnyAction | undefined;
  readonly targets: readonly string[];
  readonly raw: Raw;
}): string {
  if (name !== undefined) return name;
  if (action) return targets.length > 0 ? `${action.summary} (${targets.join(', ')})` : action.summary;
  if (typeof raw.assert !== 'string')
    return raw.approval === undefined ? 'Ask the operator' : 'Wait for approval';
  const condition = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(raw.assert)?.[1] ?? raw.assert;
  const text = condition.trim().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

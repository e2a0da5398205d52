// What an input is when nobody gives the param: the default that a whole expression `${{ params.x }}` falls back on.

import type { RunbookSide } from './side.ts';

export function defaultOf(value: unknown, { runbook }: RunbookSide): unknown {
  const name = paramOf(value);
  if (name === undefined) return value;
  const param = runbook.params.find((each) => each.name === name);
  return param?.default ?? value;
}

/** The param, when the value is that and nothing else. */
export function paramOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\s*\$\{\{\s*params\.(\w+)\s*\}\}\s*$/.exec(value)?.[1] : undefined;
}

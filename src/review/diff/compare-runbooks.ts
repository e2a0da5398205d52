// Two compiled runbooks → what a reviewer is told. Pure: reads nothing but what it is given.

import { type Change, compareChanges } from './change.ts';
import { compareHead } from './compare-head.ts';
import { compareParams, compareSecrets } from './compare-params.ts';
import type { SqlContext } from './compare-sql.ts';
import { compareSteps } from './compare-steps.ts';
import { compareTargets } from './compare-targets.ts';
import { matchSteps } from './match-steps.ts';
import { isSame, normalValue } from './normal-value.ts';
import type { RunbookSide } from './side.ts';

export function compareRunbooks(old: RunbookSide, now: RunbookSide, sql: SqlContext): Change[] {
  if (isSame(normalValue(old.written), normalValue(now.written)) && isSame(stepOrder(old), stepOrder(now)))
    return [];
  const matched = matchSteps(old, now);
  const found = [
    ...compareHead(old, now, matched),
    ...compareParams(old, now),
    ...compareSecrets(old, now),
    ...compareTargets(old, now),
    ...compareSteps(matched, { old, now }, sql),
  ];
  return found.map((each) => ({ ...each, runbook: now.runbook.name })).sort(compareChanges);
}

function stepOrder({ steps }: RunbookSide): readonly string[] {
  return steps.map(({ id }) => id);
}

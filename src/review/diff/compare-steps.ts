// All steps of a runbook, before and after: matched, each compared in what it asks, does, checks and leaves behind.

import { type Change, change } from './change.ts';
import { compareAccept } from './compare-accept.ts';
import { compareChecks } from './compare-checks.ts';
import { compareFailure } from './compare-failure.ts';
import { compareGate } from './compare-gate.ts';
import { compareInputs } from './compare-inputs.ts';
import { compareOrder } from './compare-order.ts';
import { compareSql, type SqlContext, sqlOfAdded } from './compare-sql.ts';
import { compareStepParts } from './compare-step-parts.ts';
import { describeAdded, describeRemoved } from './describe-step.ts';
import type { MatchedSteps } from './match-steps.ts';
import { show } from './show.ts';
import type { RunbookSide } from './side.ts';
import type { StepPair } from './step-pair.ts';
import { called, effectWords, isCheck, levelOf } from './step-words.ts';

export function compareSteps(
  matched: MatchedSteps,
  { old, now }: { readonly old: RunbookSide; readonly now: RunbookSide },
  sql: SqlContext,
): Change[] {
  const found: Change[] = [];
  for (const [before, after] of matched.renames) {
    const pair = matched.pairs.find((each) => each.now.id === after);
    found.push(
      change(
        'step-renamed',
        'info',
        `step ${show(before)} is now called ${show(after)}: journal, \`resume\` and \`--confirm\` know it by that`,
        {
          step: after,
          ...(pair === undefined ? {} : { old: pair.old.place(), new: pair.now.place() }),
        },
      ),
    );
  }
  for (const { old: before, now: after } of matched.pairs)
    found.push(
      ...compareStep({ old: before, now: after, sides: { old, now }, renames: matched.renames }, sql),
    );
  for (const view of matched.removed) found.push(describeRemoved(view, now));
  for (const view of matched.added) found.push(...describeAdded(view, now), ...sqlOfAdded(view, sql));
  return [...found, ...compareOrder(matched, old.steps, now.steps), ...compareAccept(matched, old, now)];
}

function compareStep(pair: StepPair, sql: SqlContext): Change[] {
  const { old, now } = pair;
  const isOther = old.compiled.kind !== now.compiled.kind || old.compiled.action !== now.compiled.action;
  return [
    ...compareGate(pair),
    ...(isOther
      ? [compareAction(pair), ...sqlOfAdded(now, sql)]
      : [...compareInputs(pair), ...compareSql(pair, sql)]),
    ...compareChecks(pair),
    ...compareFailure(pair),
    ...compareStepParts(pair),
  ];
}

function compareAction({ old, now }: StepPair): Change {
  const where = { step: now.id, old: old.place('action'), new: now.place('action') };
  const isLost = isCheck(old) && !isCheck(now);
  const level = isLost ? 'danger' : levelOf(now.compiled.effect) === 'danger' ? 'danger' : 'caution';
  const words = `${effectWords(now)}, before ${effectWords(old)}`;
  return change('action-changed', level, `${called(now)} does something else: ${words}`, where);
}

// A step that came or went: what the run does now, or no longer does.

import { type Change, change } from './change.ts';
import { isUnsafeToRepeat, onFailureWords, retryWords } from './compare-failure.ts';
import { asked } from './compare-gate.ts';
import { show } from './show.ts';
import type { RunbookSide, StepView } from './side.ts';
import { acts, called, effectWords, isBackup, isCheck, levelOf } from './step-words.ts';

export function describeRemoved(view: StepView, now: RunbookSide): Change {
  const where = { step: view.id, old: view.place() };
  const what = called(view);
  if (isBackup(view))
    return change(
      'backup-weakened',
      'danger',
      `${what} was removed: the run no longer makes this backup`,
      where,
    );
  if (view.compiled.kind === 'gate')
    return change(
      'gate-removed',
      'danger',
      `${what} was removed: what follows it now runs without asking anybody`,
      where,
    );
  if (isCheck(view)) {
    const guarded = now.steps.filter(acts).map(({ id }) => id);
    const means =
      guarded.length === 0 ? 'nothing asks for it any more' : 'the run now goes on where it stopped before';
    return change('check-removed', 'danger', `${what} was removed (${conditionOf(view)}): ${means}`, where);
  }
  const level = acts(view) ? 'caution' : 'info';
  return change(
    'step-removed',
    level,
    `${what} was removed: ${effectWords(view)}, and that no longer happens`,
    where,
  );
}

export function describeAdded(view: StepView, now: RunbookSide): Change[] {
  const where = { step: view.id, new: view.place() };
  const what = called(view);
  return [addedItself(view, now, what, where), ...addedRisks(view, where)];
}

function addedItself(view: StepView, now: RunbookSide, what: string, where: { step: string }): Change {
  const { compiled } = view;
  if (isBackup(view))
    return change('backup-strengthened', 'info', `${what} was added: a further backup is made`, where);
  if (compiled.kind === 'gate')
    return change('gate-added', 'info', `${what} was added: the run now asks ${asked(compiled.gate)}`, where);
  if (isCheck(view)) return change('check-added', 'info', `${what} was added (${conditionOf(view)})`, where);
  const place = now.steps.indexOf(view);
  const before = now.steps[place - 1];
  const when =
    view.role === 'always'
      ? ' in `always`'
      : before === undefined
        ? ' at the beginning'
        : ` after ${show(before.id)}`;
  const level = levelOf(compiled.effect);
  if (level === 'info')
    return change('step-added', 'info', `${what} was added${when}: ${effectWords(view)}`, where);
  const gate = compiled.gate === undefined ? 'and asks nobody' : `and asks ${asked(compiled.gate)} first`;
  return change(
    'step-added',
    level === 'danger' && compiled.gate !== undefined ? 'caution' : level,
    `${what} was added${when}: ${effectWords(view)}, ${gate}`,
    where,
  );
}

/** What makes a step worse than its action. `accept` is told with the others. */
export function addedRisks(view: StepView, where: { step: string }): Change[] {
  const { compiled } = view;
  const id = show(view.id);
  const found: Change[] = [];
  if (compiled.rollback?.kind === 'none')
    found.push(
      change(
        'rollback-weakened',
        'danger',
        `${id} is a point of no return (${show(compiled.rollback.reason)})`,
        where,
      ),
    );
  if (acts(view) && view.role === 'step' && 'onFailure' in view.written && compiled.onFailure !== 'rollback')
    found.push(
      change(
        'rollback-weakened',
        'danger',
        `${id} has \`onFailure: ${compiled.onFailure}\`: ${onFailureWords[compiled.onFailure]}`,
        where,
      ),
    );
  if (isUnsafeToRepeat(view) && (compiled.retry?.limit ?? 0) > 0)
    found.push(
      change(
        'retry-unsafe',
        'danger',
        `${id} has ${retryWords(compiled.retry)}: ${show(compiled.action)} is not idempotent, and what a failed attempt did is done again`,
        where,
      ),
    );
  return found;
}

function conditionOf({ compiled }: StepView): string {
  return compiled.assert === undefined ? show(compiled.action) : show(compiled.assert.source);
}

// A runbook that came or went as a whole: what it can do, in one sentence, and what in it is dangerous by itself.

import { formatCount } from '../../base/index.ts';
import { type Change, type ChangeLevel, change } from './change.ts';
import { type SqlContext, sqlOfAdded } from './compare-sql.ts';
import { targetRisks } from './compare-targets.ts';
import { addedRisks } from './describe-step.ts';
import { show, showAll } from './show.ts';
import type { RunbookSide, StepView } from './side.ts';
import { acts } from './step-words.ts';

export function describeNewRunbook(now: RunbookSide, sql: SqlContext): Change[] {
  const { runbook } = now;
  const where = { runbook: runbook.name };
  const found = [
    change('runbook-added', levelOf(now), `runbook ${show(runbook.name)} was added: ${abilities(now)}`, {
      new: headOf(now),
    }),
    ...runbook.targets.flatMap((target) => targetRisks(target.name, target, now)),
    ...now.steps.flatMap((step) => [
      ...addedRisks(step, { step: step.id, ...{ new: step.place() } }),
      ...sqlOfAdded(step, sql),
    ]),
  ];
  const accepting = now.steps.find(({ compiled }) => compiled.accept === true);
  if (accepting !== undefined)
    found.push(
      change(
        'rollback-weakened',
        'caution',
        `after ${show(accepting.id)} (\`accept\`) a failure puts nothing back`,
        {
          step: accepting.id,
          new: accepting.place('accept'),
        },
      ),
    );
  return found.map((each) => ({ ...each, ...where }));
}

export function describeOldRunbook(old: RunbookSide): Change {
  return change(
    'runbook-removed',
    'caution',
    `runbook ${show(old.runbook.name)} was removed: schedules and people that run it find nothing`,
    {
      old: headOf(old),
      runbook: old.runbook.name,
    },
  );
}

export function headOf({ document }: RunbookSide) {
  return document.place(['name']);
}

/** Destroying without being asked is dangerous; any other doing is to be looked at. */
function levelOf({ steps }: RunbookSide): ChangeLevel {
  if (steps.some((step) => step.compiled.effect === 'destroy' && step.compiled.gate === undefined))
    return 'danger';
  return steps.some(acts) ? 'caution' : 'info';
}

function abilities({ steps }: RunbookSide): string {
  const of = (effect: StepView['compiled']['effect']) =>
    steps.filter(({ compiled }) => compiled.effect === effect);
  const gated = steps.filter(({ compiled }) => compiled.gate !== undefined).map(({ id }) => id);
  const parts = [
    ...said(of('destroy'), 'deletes', 'delete'),
    ...said(of('change'), 'changes', 'change'),
    ...said(of('external'), 'acts outside of Belay', 'act outside of Belay'),
  ];
  const does = parts.length === 0 ? 'it changes nothing' : parts.join(', ');
  const asks =
    gated.length === 0
      ? parts.length === 0
        ? ''
        : '; it asks nobody'
      : `; it asks before ${showAll(gated)}`;
  return `${formatCount(steps.length, 'step')}, ${does}${asks}`;
}

function said(steps: readonly StepView[], one: string, many: string): string[] {
  return steps.length === 0
    ? []
    : [`${showAll(steps.map(({ id }) => id))} ${steps.length === 1 ? one : many}`];
}

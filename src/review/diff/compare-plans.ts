// Two plans that `belay plan --out` wrote: what the run was to do, and what it is to do now. Facts of the databases are in
// them, so that a plan can differ although no file has changed.

import { isRecord } from '../../base/index.ts';
import type { Effect } from '../../journal/event.ts';
import type { Plan, PlannedStep } from '../../plan/plan.ts';
import { type Change, change, compareChanges } from './change.ts';
import type { Comparison } from './compare-trees.ts';
import { isSame, normalValue } from './normal-value.ts';
import { show, showAll } from './show.ts';

export interface PlanPair {
  readonly old: { readonly plan: Plan; readonly file: string };
  readonly now: { readonly plan: Plan; readonly file: string };
}

/** The plan in the text of a file, or undefined when it holds none. */
export function readPlan(text: string): Plan | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isPlan =
      isRecord(value) &&
      value.version === 1 &&
      typeof value.digest === 'string' &&
      Array.isArray(value.steps);
    return isPlan ? (value as unknown as Plan) : undefined;
  } catch {
    return undefined;
  }
}

export function comparePlans(pair: PlanPair): Comparison {
  const changes = [
    ...compareParams(pair),
    ...compareTargets(pair),
    ...compareSteps(pair),
    ...compareRefusals(pair),
  ];
  return { changes: changes.sort(compareChanges), files: 2, runbooks: 1 };
}

function whereOf({ old, now }: PlanPair, before?: PlannedStep, after?: PlannedStep): Partial<Change> {
  const top = (file: string) => ({ file, line: 1, column: 1 });
  const step = after?.id ?? before?.id;
  return {
    ...(before === undefined && step !== undefined ? {} : { old: before?.place ?? top(old.file) }),
    ...(after === undefined && step !== undefined ? {} : { new: after?.place ?? top(now.file) }),
    ...(step === undefined ? {} : { step }),
  };
}

function compareParams(pair: PlanPair): Change[] {
  const [before, after] = [pair.old.plan, pair.now.plan].map(
    ({ shownParams, params }) => shownParams ?? params,
  );
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((name) =>
    isSame(normalValue(before?.[name]), normalValue(after?.[name]))
      ? []
      : [
          change(
            'value-changed',
            'caution',
            `param ${show(name)} of the run went from ${show(before?.[name])} to ${show(after?.[name])}`,
            whereOf(pair),
          ),
        ],
  );
}

function compareTargets(pair: PlanPair): Change[] {
  const before = new Map(pair.old.plan.targets.map((target) => [target.name, target]));
  return pair.now.plan.targets.flatMap((target) => {
    const old = before.get(target.name);
    const where = whereOf(pair);
    if (old === undefined)
      return [
        change(
          'target-added',
          'caution',
          `the run now works on target ${show(target.name)}: ${show(target.path)}`,
          where,
        ),
      ];
    return [
      ...(old.path === target.path
        ? []
        : [
            change(
              'target-changed',
              'danger',
              `target ${show(target.name)} is another database: ${show(old.path)} became ${show(target.path)}`,
              where,
            ),
          ]),
      ...(old.store === target.store
        ? []
        : [
            change(
              'backup-changed',
              'caution',
              `backups of ${show(target.name)} now go to ${show(target.store)}, before ${show(old.store)}`,
              where,
            ),
          ]),
    ];
  });
}

function compareSteps(pair: PlanPair): Change[] {
  const [before, after] = [pair.old.plan.steps, pair.now.plan.steps];
  const byId = new Map(before.map((step) => [step.id, step]));
  const gone = before.filter(({ id }) => !after.some((step) => step.id === id));
  const order = after.map(({ id }) => id).filter((id) => byId.has(id));
  const formerly = before.map(({ id }) => id).filter((id) => order.includes(id));
  return [
    ...(isSame(order, formerly)
      ? []
      : [
          change('step-moved', 'caution', `the steps run in another order: ${showAll(order)}`, whereOf(pair)),
        ]),
    ...after.flatMap((step) => {
      const old = byId.get(step.id);
      return old === undefined ? [addedStep(pair, step)] : compareStep(pair, old, step);
    }),
    ...gone.map((step) => removedStep(pair, step)),
  ];
}

function addedStep(pair: PlanPair, step: PlannedStep): Change {
  const level =
    step.effect === 'destroy' && step.gate === undefined
      ? 'danger'
      : step.effect === 'read'
        ? 'info'
        : 'caution';
  return change(
    'step-added',
    level,
    `step ${show(step.id)} was added: ${step.title}`,
    whereOf(pair, undefined, step),
  );
}

function removedStep(pair: PlanPair, step: PlannedStep): Change {
  const where = whereOf(pair, step);
  if (step.kind === 'precondition')
    return change('check-removed', 'danger', `precondition ${show(step.id)} was removed`, where);
  if (step.kind === 'engine')
    return change('backup-weakened', 'danger', `${show(step.id)} is no longer done: ${step.title}`, where);
  return change(
    'step-removed',
    step.effect === 'read' ? 'info' : 'caution',
    `step ${show(step.id)} was removed: ${step.title}`,
    where,
  );
}

const strength: readonly Effect[] = ['read', 'maintain', 'external', 'change', 'destroy'];

function compareStep(pair: PlanPair, old: PlannedStep, now: PlannedStep): Change[] {
  const where = whereOf(pair, old, now);
  const id = show(now.id);
  const found: Change[] = [];
  if (old.gate !== now.gate)
    found.push(
      now.gate === undefined
        ? change(
            'gate-removed',
            'danger',
            `the gate before ${id} was removed: it now runs without asking anybody`,
            where,
          )
        : old.gate === undefined
          ? change('gate-added', 'info', `a gate was added before ${id}: ${show(now.gate)}`, where)
          : change(
              'gate-changed',
              'caution',
              `the gate before ${id} changed: ${show(old.gate)} became ${show(now.gate)}`,
              where,
            ),
    );
  if (old.action !== now.action || old.effect !== now.effect)
    found.push(
      change(
        'action-changed',
        strength.indexOf(now.effect) > strength.indexOf(old.effect) ? 'danger' : 'caution',
        `${id} does something else: ${show(now.action)} (${now.effect}), before ${show(old.action)} (${old.effect})`,
        where,
      ),
    );
  if (old.state !== now.state)
    found.push(
      change('condition-changed', 'caution', `${id} was \`${old.state}\` and is now \`${now.state}\``, where),
    );
  if (!isSame(old.targets, now.targets))
    found.push(
      change(
        'target-changed',
        'danger',
        `${id} works on ${show(now.targets)}, before on ${show(old.targets)}`,
        where,
      ),
    );
  if (old.onFailure !== now.onFailure || old.rollback !== now.rollback)
    found.push(
      change(
        'rollback-changed',
        now.onFailure === 'rollback' ? 'caution' : 'danger',
        `${id} is taken back differently: ${show(now.rollback)}, before ${show(old.rollback)}`,
        where,
      ),
    );
  if (old.backup !== now.backup)
    found.push(
      change(
        now.backup === 'none' ? 'backup-weakened' : 'backup-changed',
        now.backup === 'none' ? 'danger' : 'info',
        `the backup that covers ${id} is ${show(now.backup)}, before ${show(old.backup)}`,
        where,
      ),
    );
  if (
    !isSame(
      normalValue(old.sql, { items: { format: 'sql' } }),
      normalValue(now.sql, { items: { format: 'sql' } }),
    )
  )
    found.push(
      change(
        'sql-changed',
        'caution',
        `the SQL of ${id} changed: ${show(old.sql)} became ${show(now.sql)}`,
        where,
      ),
    );
  if (!isSame(old.lines, now.lines))
    found.push(
      change(
        'input-changed',
        'caution',
        `what ${id} would do changed: ${show(old.lines.join('; '))} became ${show(now.lines.join('; '))}`,
        where,
      ),
    );
  if (old.title !== now.title && found.length === 0)
    found.push(change('words-changed', 'info', `${id} is now called ${show(now.title)}`, where));
  return found;
}

function compareRefusals(pair: PlanPair): Change[] {
  const before = pair.old.plan.refusals.map(({ message }) => message);
  return pair.now.plan.refusals
    .filter(({ message }) => !before.includes(message))
    .map(({ message }) =>
      change('does-not-compile', 'caution', `the run would be refused now: ${message}`, whereOf(pair)),
    );
}

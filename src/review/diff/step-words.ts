// What a step is to a reviewer: a check, a backup, something that acts; and how it is called in a sentence.

import type { Effect } from '../../journal/event.ts';
import type { ChangeLevel } from './change.ts';
import { show, showAll } from './show.ts';
import type { StepView } from './side.ts';

const checks: ReadonlySet<string> = new Set([
  'backup.verify',
  'disk.check',
  'http.check',
  'sqlite.check',
  'sqlite.compare',
]);

/** It stands there to stop the run. */
export function isCheck({ role, compiled }: StepView): boolean {
  return role === 'precondition' || compiled.kind === 'assert' || checks.has(compiled.action ?? '');
}

export function isBackup({ compiled }: StepView): boolean {
  return compiled.action === 'backup.create';
}

/** It does more than look. */
export function acts({ compiled }: StepView): boolean {
  return compiled.effect !== 'read' && compiled.action !== 'backup.create';
}

/** It writes to a target or to the world outside. */
export function changes({ compiled }: StepView): boolean {
  return acts({ compiled } as StepView) && compiled.effect !== 'maintain';
}

export function levelOf(effect: Effect): ChangeLevel {
  return effect === 'destroy' ? 'danger' : effect === 'read' || effect === 'maintain' ? 'info' : 'caution';
}

/** ``check `healthy` ``, ``gate `ask` ``, ``step `delete` ``. */
export function called(view: StepView): string {
  if (view.role === 'precondition') return `precondition ${show(view.id)}`;
  if (isCheck(view)) return `check ${show(view.id)}`;
  return `${view.compiled.kind === 'gate' ? 'gate' : 'step'} ${show(view.id)}`;
}

const verbs: Readonly<Record<Effect, string>> = {
  read: 'reads',
  maintain: 'reorganises',
  change: 'changes',
  destroy: 'deletes from',
  external: 'acts outside of',
};

/** What it can do, as the end of a sentence. */
export function effectWords({ compiled }: StepView): string {
  const { effect, action, targets } = compiled;
  if (compiled.kind === 'assert') return 'it only checks';
  if (compiled.kind === 'gate') return 'it only asks';
  const on = targets.length === 0 ? '' : ` ${showAll(targets)}`;
  if (effect === 'external')
    return `${show(action)} acts outside of what Belay can look into${targets.length === 0 ? '' : `, on${on}`}`;
  return `${show(action)} ${verbs[effect]}${on === '' ? (effect === 'read' ? '' : ' what it is given') : on}`;
}

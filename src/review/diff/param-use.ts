// Who uses a param, directly or through the outputs of steps: what a changed value reaches.

import type { Template } from '../../expression/index.ts';
import { templatesOf } from '../../runbook/index.ts';
import type { ChangeCategory, ChangeLevel } from './change.ts';
import { inputRules } from './input-rules.ts';
import { paramOf } from './param-value.ts';
import { showAll } from './show.ts';
import { type RunbookSide, record, type StepView } from './side.ts';
import { called, isCheck } from './step-words.ts';

export interface ParamUse {
  /** How bad another value can be. */
  readonly level: ChangeLevel;
  /** Absent: the one of the change. */
  readonly category?: ChangeCategory;
  /** `; used by …`, or empty. */
  readonly words: string;
}

export function useOf(param: string, side: RunbookSide): ParamUse {
  const targets = side.runbook.targets.filter(({ path, use }) =>
    [path, use].some((template) => template !== undefined && reads(template.references, 'params', param)),
  );
  if (targets.length > 0)
    return {
      level: 'danger',
      category: 'target',
      words: `; it says which database target ${showAll(targets.map(({ name }) => name))} is`,
    };
  const users = usersOf(param, side);
  if (users.length === 0) return { level: 'info', words: '; no step uses it' };
  const keeps = users.some(({ written }) =>
    JSON.stringify(record(written.with).keep ?? null).includes(`params.${param}`),
  );
  const effects = users.map(({ compiled }) => compiled.effect);
  const guards = users.some((view) => isCheck(view) || gateReads(view, param));
  const level =
    effects.includes('destroy') || keeps
      ? 'danger'
      : guards || effects.some((each) => each !== 'read')
        ? 'caution'
        : 'info';
  return { level, ...(keeps ? { category: 'retention' as const } : {}), words: `; used by ${names(users)}` };
}

function names(users: readonly StepView[]): string {
  const words = users.map((view) => ({ view, text: called(view) }));
  const destroying = words.filter(({ view }) => view.compiled.effect === 'destroy');
  const shown = destroying.length > 0 ? destroying : words;
  const listed = showAll(shown.map(({ view }) => view.id));
  return destroying.length > 0
    ? `${listed}, which ${destroying.length === 1 ? 'deletes' : 'delete'}`
    : listed;
}

function usersOf(param: string, side: RunbookSide): StepView[] {
  const reached = new Set<string>();
  const users: StepView[] = [];
  for (const view of side.steps) {
    const references = referencesOf(view);
    const isUser =
      reads(references, 'params', param) ||
      references.some(
        ([root, id]) => (root === 'steps' || root === 'preconditions') && reached.has(id ?? ''),
      );
    if (!isUser) continue;
    reached.add(view.id);
    users.push(view);
  }
  return users;
}

/** What a changed value means where it is itself a bound or the strictness of a check; undefined when it is neither. */
export function boundsOf(
  param: string,
  side: RunbookSide,
  old: unknown,
  now: unknown,
): { readonly level: ChangeLevel; readonly words: string } | undefined {
  const verdicts = side.steps.flatMap((view) =>
    Object.entries(record(view.written.with)).flatMap(([key, value]) => {
      const verdict =
        paramOf(value) === param ? inputRules[`${view.compiled.action} ${key}`]?.(old, now) : undefined;
      return verdict === undefined || verdict === 'same' ? [] : [{ key, view, ...verdict }];
    }),
  );
  const [worst] = [...verdicts].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  if (worst === undefined || usersOf(param, side).length !== verdicts.length) return undefined;
  const means = worst.words === '' ? '' : `: ${worst.words}`;
  return {
    level: worst.level,
    words: `${means}; it is \`${worst.key}\` of ${showAll(verdicts.map(({ view }) => view.id))}`,
  };
}

const order: readonly ChangeLevel[] = ['danger', 'caution', 'info'];

type References = Template['references'];

function reads(references: References, root: string, name: string): boolean {
  return references.some((path) => path[0] === root && (path[1] === name || path.length === 1));
}

function gateReads({ compiled: { gate } }: StepView, param: string): boolean {
  return gate !== undefined && reads(gateReferences(gate), 'params', param);
}

function gateReferences(gate: NonNullable<StepView['compiled']['gate']>): References {
  return [...gate.message.references, ...(gate.kind === 'confirm' ? (gate.expect?.references ?? []) : [])];
}

function referencesOf({ compiled }: StepView): References {
  const { gate, forEach, rollback } = compiled;
  const items =
    forEach === undefined
      ? []
      : 'evaluate' in forEach.items
        ? forEach.items.references
        : forEach.items.flatMap((each) => each.references);
  return [
    ...(compiled.if?.references ?? []),
    ...(compiled.assert?.references ?? []),
    ...(compiled.ensure?.references ?? []),
    ...templatesOf(compiled.with).flatMap(({ references }) => references),
    ...(gate === undefined ? [] : gateReferences(gate)),
    ...(rollback?.kind === 'action'
      ? templatesOf(rollback.with).flatMap(({ references }) => references)
      : []),
    ...Object.values(compiled.outputs).flatMap(({ references }) => references),
    ...items,
  ];
}

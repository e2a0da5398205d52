// A param, secret or target that nothing uses.

import { type Runbook, type Step, templatesOf } from '../../../runbook/index.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const unusedParam = defineRule({
  code: 'lint/unused-param',
  severity: 'warning',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: check, action: sqlite.check, with: { target: db } }
`.slice(1),
    { top: 'params:\n  olderThan: { type: duration, default: 90d }\n' },
  ),
  good: runbookExample(
    `
  - id: check
    if: \${{ params.isWanted }}
    action: sqlite.check
    with: { target: db }
`.slice(1),
    { top: 'params:\n  isWanted: { type: boolean, default: true }\n' },
  ),
  *check(context) {
    const { runbook } = context;
    if (runbook === undefined) return;
    const used = new Set(
      referencesOf(
        runbook,
        context.steps.map(({ step }) => step),
      ),
    );
    const targets = new Set(
      context.steps.flatMap(({ step }) => [
        ...step.targets,
        ...step.scratchTargets,
        ...(step.rollback?.kind === 'action' ? step.rollback.targets : []),
      ]),
    );
    const declared = [
      ...runbook.params.map((each) => ({ ...each, root: 'params', word: 'param' })),
      ...runbook.secrets.map((each) => ({ ...each, root: 'secrets', word: 'secret' })),
      ...runbook.targets
        .filter(({ name }) => !targets.has(name))
        .map((each) => ({ ...each, root: 'target', word: 'target' })),
    ];
    for (const { name, root, word, place } of declared)
      if (!used.has(`${root}.${name}`) && !used.has(`${root}.`))
        yield {
          place,
          message: `${word} \`${name}\` is used nowhere: ${word === 'param' ? 'who sets it believes that it does something' : 'who reads the runbook looks for what it is for'}`,
          fix: 'use it, or remove it',
        };
  },
});

/** `root.name` of all expressions; `root.` where all of it is taken. */
function* referencesOf(runbook: Runbook, steps: readonly Step[]): Generator<string> {
  for (const { path, use } of runbook.targets) for (const each of [path, use]) if (each) yield* namesIn(each);
  for (const output of Object.values(runbook.outputs)) yield* namesIn(output);
  for (const step of steps) yield* ofStep(step);
}

function* ofStep(step: Step): Generator<string> {
  const { gate, forEach, rollback } = step;
  const ofGate =
    gate === undefined ? [] : gate.kind === 'confirm' ? [gate.message, gate.expect] : [gate.message];
  const items = forEach === undefined ? [] : 'evaluate' in forEach.items ? [forEach.items] : forEach.items;
  for (const each of [step.if, step.assert, step.ensure, step.message, forEach?.key, ...ofGate, ...items])
    if (each !== undefined) yield* namesIn(each);
  for (const output of [...Object.values(step.outputs), ...Object.values(step.stub ?? {})])
    yield* namesIn(output);
  for (const tree of [step.with, ...(rollback?.kind === 'action' ? [rollback.with] : [])])
    for (const template of templatesOf(tree)) yield* namesIn(template);
}

function* namesIn({
  references,
}: {
  readonly references: readonly (readonly string[])[];
}): Generator<string> {
  for (const [root = '', name = ''] of references) yield `${root}.${name}`;
}

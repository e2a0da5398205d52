// Decides for each step of a rehearsal whether it really runs: what acts on anything but the targets does not.
// Remembers what was left out, so that steps that need its outputs are left out too.

import { join } from 'node:path';
import { isRecord, type Value } from '../base/index.ts';
import type { StandIn } from '../engine/index.ts';
import { stepReferences } from '../plan/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

export interface RehearsalStandIn extends StandIn {
  /** Step to reason. */
  readonly notSimulated: ReadonlyMap<string, string>;
  readonly stubbed: ReadonlySet<string>;
}

type References = readonly (readonly string[])[];

const reasons: Readonly<Record<string, string>> = {
  'command.run': 'a rehearsal starts no program',
  'service.start': 'a rehearsal leaves services alone',
  'service.stop': 'a rehearsal leaves services alone',
  'http.check': 'nothing serves the copy',
  'notify.webhook': 'a rehearsal sends nothing',
  'metrics.write': 'a rehearsal writes no metrics',
  wait: 'a rehearsal does not wait',
};

/** Known of every step, whether it gave outputs or not. */
const always: ReadonlySet<string> = new Set(['state', 'error', 'attempts']);

/** `earlier`: what was left out already, when another process goes on with a run. */
export function createStandIn(
  runbook: Runbook,
  scratchFolder: string,
  earlier?: { readonly notSimulated: Readonly<Record<string, string>>; readonly stubbed: readonly string[] },
): RehearsalStandIn {
  const notSimulated = new Map(Object.entries(earlier?.notSimulated ?? {}));
  const stubbed = new Set(earlier?.stubbed);
  const steps = new Map(allSteps(runbook).map((step) => [step.id, step]));

  const leftOut = (step: Step, why: string | undefined): string | undefined => {
    if (why === undefined) return undefined;
    notSimulated.set(step.id, why);
    return why;
  };
  const whyMissing = (references: References): string | undefined => {
    for (const [root, id = '', output] of references) {
      if ((root !== 'steps' && root !== 'preconditions') || output === undefined || always.has(output))
        continue;
      if (notSimulated.has(id)) return `it needs \`${root}.${id}.${output}\`, which was not simulated`;
      const step = steps.get(id);
      if (step !== undefined && stubbed.has(id) && !hasOutput(step, output))
        return `it needs \`${root}.${id}.${output}\`, which the stub does not give`;
    }
    return undefined;
  };

  return {
    notSimulated,
    stubbed,
    whyNoCondition: (step) => leftOut(step, whyMissing(step.if?.references ?? [])),
    whyNot(step) {
      if (!isOutside(step)) return leftOut(step, whyMissing(stepReferences(step)));
      if (step.stub === undefined)
        return leftOut(step, reasons[step.action ?? ''] ?? 'a rehearsal has no effect outside the targets');
      return leftOut(step, whyMissing(stepReferences(step)) ?? whyOwnMissing(step));
    },
    outputsOf(step, bindings) {
      if (!isOutside(step) || step.stub === undefined) return undefined;
      stubbed.add(step.id);
      return Object.fromEntries(
        Object.entries(step.stub).map(([name, template]): [string, Value] => [
          name,
          template.evaluate(bindings),
        ]),
      );
    },
    redirect(step, input) {
      const { archive } = input;
      // A folder of backups is read as it lies: its manifests name the live target, which the copy is not.
      if (step.action === 'backup.restore' && input.from !== undefined)
        return { ...input, otherDatabase: true };
      if (step.action !== 'sqlite.prune' || !isRecord(archive)) return input;
      return { ...input, archive: { ...archive, to: join(scratchFolder, 'archives') } };
    },
  };
}

/** Outputs of the runbook that depend on nothing that is surely left out. */
export function knowableOutputs(runbook: Runbook): Runbook['outputs'] {
  const lost = new Set<string>();
  const steps = new Map(allSteps(runbook).map((step) => [step.id, step]));
  const lacks = (id: string, output: string) => {
    const step = steps.get(id);
    return step !== undefined && isOutside(step) && !hasOutput(step, output);
  };
  const isLost = (references: References) =>
    references.some(
      ([root, id = '', output = 'state']) =>
        (root === 'steps' || root === 'preconditions') &&
        !always.has(output) &&
        (lost.has(id) || lacks(id, output)),
    );
  for (const step of steps.values())
    if ((isOutside(step) && step.stub === undefined) || isLost(stepReferences(step))) lost.add(step.id);
  return Object.fromEntries(
    Object.entries(runbook.outputs).filter(([, template]) => !isLost(template.references)),
  );
}

/** Backups go into a store that is thrown away, so that they are no outside effect here. */
export function isOutside(step: Step): boolean {
  if (step.rehearse === 'run' || step.action === undefined) return false;
  return (
    (step.effect === 'external' && !step.action.startsWith('backup.')) ||
    step.action === 'http.check' ||
    step.action === 'wait'
  );
}

function whyOwnMissing(step: Step): string | undefined {
  const own = [
    ...(step.ensure?.references ?? []),
    ...Object.values(step.outputs).flatMap((each) => each.references),
  ];
  const missing = own.find(
    ([root, output]) => root === 'self' && output !== undefined && !hasOutput(step, output),
  );
  return missing === undefined
    ? undefined
    : `it needs \`${missing.join('.')}\`, which its stub does not give`;
}

function hasOutput(step: Step, output: string): boolean {
  return (
    Object.hasOwn(step.stub ?? {}, output) ||
    Object.hasOwn(step.outputs, output) ||
    (output === 'items' && step.forEach !== undefined)
  );
}

function allSteps({ preconditions, steps, always: last }: Runbook): Step[] {
  return [...preconditions, ...steps, ...last].flatMap((step) => [...step.preconditions, step]);
}

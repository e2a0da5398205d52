// One step of a plan: what it would do, as far as that can be known without doing it. The four states are never merged:
// would-run · skipped-by-condition · unknown-until-run · not-simulated.

import { type AnyAction, actionOf } from '../action/index.ts';
import type { Value } from '../base/index.ts';
import { Failure, type Finding } from '../diagnostic/index.ts';
import type { Bindings } from '../expression/index.ts';
import type { Step } from '../runbook/index.ts';
import { toBindings } from './bindings.ts';
import { resolveInput } from './input.ts';
import type { PlannedStep } from './plan.ts';
import { itemReferences, stepReferences, treeReferences } from './references.ts';
import { previewContext, readContext, type Simulation } from './simulation.ts';

export type Simulated = Pick<PlannedStep, 'state' | 'reason' | 'lines' | 'facts' | 'sql'> & {
  readonly changesSomething?: boolean;
};

export async function simulateStep(
  simulation: Simulation,
  step: Step,
  kind: 'precondition' | 'step' | 'always',
): Promise<Simulated> {
  try {
    const simulated = await decide(simulation, step, kind);
    if (simulated.state !== 'skipped-by-condition' && simulated.changesSomething !== false)
      noteChange(simulation, step);
    return simulated;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (kind === 'step' && wouldFail(simulation, step, error))
      simulation.failures.push(failureOf(step, error));
    noteChange(simulation, step);
    // What a plan cannot look at may well hold.
    const isUndecided = error.code === 'target/not-simulated';
    if (kind === 'precondition' && !isUndecided) simulation.refusals.push(error.toFinding());
    return { state: 'not-simulated', reason: error.message, lines: [] };
  }
}

const refusalsOfPrune: ReadonlySet<string> = new Set([
  'action/has-children',
  'action/share-exceeded',
  'action/too-many-rows',
  'action/type-mix',
]);

/** What SQL says of a target that nothing has changed before it, it would say in a run. */
function wouldFail({ changed }: Simulation, step: Step, { code }: Failure): boolean {
  return (
    (/^(sqlite|migrate)\//.test(code) || refusalsOfPrune.has(code)) &&
    code !== 'sqlite/child-lost' &&
    step.onFailure !== 'continue' &&
    !step.targets.some((name) => changed.has(name))
  );
}

function failureOf(step: Step, error: Failure): Finding {
  const finding = error.toFinding();
  return {
    ...finding,
    message: `step \`${step.id}\` would fail: ${finding.message}`,
    place: finding.place ?? step.place,
    state: 'nothing was changed',
  };
}

function noteChange(simulation: Simulation, step: Step): void {
  if (step.effect === 'read' || step.effect === 'maintain') return;
  for (const name of step.targets) simulation.changed.add(name);
}

async function decide(
  simulation: Simulation,
  step: Step,
  kind: 'precondition' | 'step' | 'always',
): Promise<Simulated> {
  const bindings = bindingsOf(simulation);
  const missing = firstUnknown(simulation, step.if?.references ?? []);
  const [scratch] = [...step.scratchTargets, ...scratchReferences(simulation, step)];
  if (scratch !== undefined) return unknown(`\`${scratch}\` is made by the run`);
  if (step.if !== undefined) {
    if (missing !== undefined) return unknown(`\`if\` depends on ${missing}`);
    if (step.if.evaluate(bindings) === false) {
      simulation.known.steps[step.id] = { state: 'skipped', error: null, attempts: 0, outputs: {} };
      return { state: 'skipped-by-condition', reason: `\`if: ${step.if.source}\` is false`, lines: [] };
    }
  }
  if (step.kind === 'gate') return { state: 'would-run', lines: [] };
  if (step.kind === 'assert') return assertion(simulation, step, kind, bindings);
  if (step.forEach !== undefined) return loop(simulation, step, bindings);
  return act(simulation, step, kind, bindings);
}

function scratchReferences({ request }: Simulation, step: Step): string[] {
  const names = new Set(request.resolved.scratch.map(({ name }) => name));
  return stepReferences(step).flatMap(([root, name]) =>
    root === 'target' && name !== undefined && names.has(name) ? [name] : [],
  );
}

function assertion(
  simulation: Simulation,
  step: Step,
  kind: 'precondition' | 'step' | 'always',
  bindings: Bindings,
): Simulated {
  const { assert } = step;
  if (assert === undefined) return { state: 'would-run', lines: [] };
  const missing = firstUnknown(simulation, assert.references);
  if (missing !== undefined) return unknown(`it depends on ${missing}`);
  if (assert.evaluate(bindings) === true) return { state: 'would-run', lines: ['holds now'] };
  const message =
    step.message === undefined ? `\`${assert.source}\` is false` : String(step.message.evaluate(bindings));
  if (kind === 'precondition') simulation.refusals.push(unmet(step, message));
  return { state: 'would-run', lines: [`does not hold now: ${message}`] };
}

export function unmet(step: Step, message: string): Finding {
  return {
    code: 'run/precondition-unmet',
    level: 'error',
    message: `precondition \`${step.id}\` does not hold: ${message}`,
    place: step.place,
    state: 'nothing was changed',
  };
}

async function loop(simulation: Simulation, step: Step, bindings: Bindings): Promise<Simulated> {
  const { forEach } = step;
  if (forEach === undefined) return { state: 'would-run', lines: [] };
  const missing = firstUnknown(simulation, itemReferences(step));
  if (missing !== undefined) return unknown(`its items depend on ${missing}`);
  const items =
    'evaluate' in forEach.items
      ? (forEach.items.evaluate(bindings) as readonly Value[])
      : forEach.items.map((each) => each.evaluate(bindings));
  const lines: string[] = [];
  let changesSomething = false;
  for (const item of items) {
    const key =
      forEach.key === undefined
        ? String(item)
        : String(forEach.key.evaluate({ ...bindings, [forEach.as]: item }));
    const inner = await act(simulation, step, 'step', { ...bindings, [forEach.as]: item });
    lines.push(
      ...(inner.lines.length === 0
        ? [`${key}: ${inner.state}`]
        : inner.lines.map((line) => `${key}: ${line}`)),
    );
    changesSomething ||= inner.changesSomething !== false;
  }
  return { state: 'would-run', lines: lines.length === 0 ? ['no items'] : lines, changesSomething };
}

async function act(
  simulation: Simulation,
  step: Step,
  kind: 'precondition' | 'step' | 'always',
  bindings: Bindings,
): Promise<Simulated> {
  const action = actionOf(step.action ?? '');
  if (action === undefined) throw new Error(`step ${step.id} has no action`);
  const missing = firstUnknown(simulation, treeReferences(step.with));
  if (missing !== undefined) return unknown(`its input depends on ${missing}`);
  const unusable = action.worksUnreadable
    ? undefined
    : step.targets.find((name) => simulation.facts[name]?.condition !== 'ok');
  if (unusable !== undefined) {
    return {
      state: 'not-simulated',
      reason: `target \`${unusable}\` is ${simulation.facts[unusable]?.condition}`,
      lines: [],
    };
  }
  const input = resolveInput(step, action, bindings, simulation.request.resolved.project.folder);
  const stale = step.targets.find((name) => simulation.changed.has(name));
  const previewed = await preview(simulation, action, input);
  if (stale !== undefined) return previewed;
  if (
    !mayRunInPlan(simulation, action) ||
    !(kind === 'precondition' || simulation.neededOutputs.has(step.id))
  ) {
    return previewed;
  }
  return { ...previewed, ...(await runRead(simulation, step, kind, action, input, bindings)) };
}

async function preview(simulation: Simulation, action: AnyAction, input: object): Promise<Simulated> {
  if (action.preview === undefined) return { state: 'would-run', lines: [] };
  const result = await action.preview(input as never, previewContext(simulation));
  return {
    state: result.state,
    lines: result.lines,
    ...(result.facts === undefined ? {} : { facts: result.facts }),
    ...(result.sql === undefined ? {} : { sql: result.sql }),
    ...(result.changesSomething === undefined ? {} : { changesSomething: result.changesSomething }),
  };
}

function mayRunInPlan(simulation: Simulation, action: AnyAction): boolean {
  if (action.isPlannable !== true || action.run === undefined) return false;
  return !action.name.startsWith('http.') || simulation.request.mayProbeExternal;
}

/** Runs a reading action on the pure reader, so that later conditions can be decided. */
async function runRead(
  simulation: Simulation,
  step: Step,
  kind: 'precondition' | 'step' | 'always',
  action: AnyAction,
  input: object,
  bindings: Bindings,
): Promise<Partial<Simulated>> {
  const result = await action.run?.(input as never, readContext(simulation, step));
  if (result === undefined) return {};
  if (result.failed !== undefined) {
    if (kind === 'precondition') simulation.refusals.push(unmet(step, result.failed.message));
    return { lines: [`would fail now: ${result.failed.message}`] };
  }
  const outputs = { ...(result.outputs as Record<string, Value>) };
  for (const [name, template] of Object.entries(step.outputs)) {
    outputs[name] = template.evaluate({ ...bindings, self: outputs });
  }
  const group = kind === 'precondition' ? simulation.known.preconditions : simulation.known.steps;
  group[step.id] = { state: 'succeeded', error: null, attempts: 1, outputs };
  if (
    step.ensure !== undefined &&
    step.ensure.evaluate({ ...bindingsOf(simulation), self: outputs }) === false
  ) {
    const message =
      step.message === undefined
        ? `\`${step.ensure.source}\` is false`
        : String(step.message.evaluate({ ...bindings, self: outputs }));
    if (kind === 'precondition') simulation.refusals.push(unmet(step, message));
    return { lines: [`would fail now: ${message}`] };
  }
  return {};
}

function unknown(reason: string): Simulated {
  return { state: 'unknown-until-run', reason, lines: [] };
}

/** The first step whose outputs are read but not known, in words. */
function firstUnknown(
  simulation: Simulation,
  references: readonly (readonly string[])[],
): string | undefined {
  for (const [root, id = ''] of references) {
    if (root === 'steps' && simulation.known.steps[id] === undefined) return `step \`${id}\``;
    if (root === 'preconditions' && simulation.known.preconditions[id] === undefined)
      return `precondition \`${id}\``;
    if (root === 'secrets') return 'a secret, which a plan does not read';
    if (root === 'run') return '`run`, which a plan has not';
  }
  return undefined;
}

function bindingsOf(simulation: Simulation): Bindings {
  const { resolved, now } = simulation.request;
  return toBindings({
    runbook: resolved.runbook,
    params: resolved.params,
    secrets: {},
    now,
    facts: simulation.facts,
    steps: simulation.known.steps,
    preconditions: simulation.known.preconditions,
    run: { id: '', startedAt: now, operator: '', tempDir: '', failed: false, error: null },
  });
}

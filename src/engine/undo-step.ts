// Undoes one step outside the targets: by what the runbook declares, else by what its action knows of itself.

import { actionOf } from '../action/index.ts';
import type { Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { resolveInput, treeReferences } from '../plan/index.ts';
import type { DeclaredUndo, Step } from '../runbook/index.ts';
import { contextOf } from './attempt.ts';
import { bindingsOf, type Execution, refreshFacts } from './execution.ts';
import type { UndoKind } from './rollback.ts';

/** `stepId` is `step` or `step[key]`. */
export function undoKindOf(execution: Execution, stepId: string): UndoKind {
  const step = stepOf(execution, stepId);
  if (step?.rollback?.kind === 'action') return { kind: 'declared' };
  return step?.rollback ?? { kind: 'automatic' };
}

/** False when there is nothing to undo it with. Fails when the undo fails. */
export async function undoStep(execution: Execution, stepId: string, signal: AbortSignal): Promise<boolean> {
  const step = stepOf(execution, stepId);
  if (step === undefined || step.rollback?.kind === 'none') return false;
  // A rehearsal has had no effect outside its copies, unless the step says that it really runs there.
  if (execution.standIn !== undefined && step.rehearse !== 'run') return false;
  if (step.rollback?.kind === 'action') {
    const { rollback } = step;
    const input = await declaredInput(execution, step, rollback, stepId);
    await act(execution, { ...step, ...rollback, kind: 'action', rollback }, stepId, input, signal);
    return true;
  }
  const { inputs, outputs } = execution.progress;
  const known = { ...outputs[stepId], ...foundBefore(execution, stepId) };
  const undo = actionOf(step.action ?? '')?.undoOf?.(inputs[stepId] ?? {}, known);
  if (undo === undefined) return false;
  await act(execution, { ...step, action: undo.action }, stepId, undo.with, signal);
  return true;
}

/** How the step found its service, at its first attempt: also when it did not come to its end. */
function foundBefore({ journal, recorder }: Execution, stepId: string): { readonly before?: string } {
  for (const { event } of journal.events(recorder.runId))
    if (event.type === 'service-state' && event.step === stepId && event.when === 'before')
      return { before: event.state };
  return {};
}

function stepOf({ resolved }: Execution, stepId: string): Step | undefined {
  const id = stepId.replace(/\[.*$/s, '');
  return resolved.runbook.steps.find((each) => each.id === id);
}

/** Computed when it is needed, from what the step left: the item of its loop, and `self` as far as it came. */
async function declaredInput(
  execution: Execution,
  step: Step,
  undo: DeclaredUndo,
  stepId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const action = actionOf(undo.action);
  if (action === undefined) throw new Error(`no action ${undo.action} to undo with`);
  await refreshFacts(execution, treeReferences(undo.with));
  const { items, outputs } = execution.progress;
  const loop: Record<string, Value> =
    step.forEach === undefined ? {} : { [step.forEach.as]: items[stepId] ?? null };
  const bindings = bindingsOf(execution, { ...loop, self: outputs[stepId] ?? {} });
  return resolveInput(
    { ...step, ...undo, kind: 'action' },
    action,
    bindings,
    execution.resolved.project.folder,
  );
}

async function act(
  execution: Execution,
  undo: Step,
  stepId: string,
  input: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const action = actionOf(undo.action ?? '');
  if (action?.run === undefined) throw new Error(`no action ${undo.action} to undo with`);
  const result = await action.run(input as never, contextOf(execution, undo, stepId, signal));
  if (result.failed === undefined) return;
  throw new Failure(
    'run/rollback-incomplete',
    `step \`${stepId}\` could not be undone: ${result.failed.message}`,
    {
      place: undo.place,
      ...(result.failed.fix === undefined ? {} : { fix: result.failed.fix }),
    },
  );
}

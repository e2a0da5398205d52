// How a step is taken back, where its runbook says so: an action, or that nothing takes it back.

import type { ObjectField } from '../expression/index.ts';
import { addFinding, type Raw, rawRecord, rawText } from './compile-context.ts';
import { compileWith, placesOf, targetsOf, type WithRequest } from './compile-with.ts';
import { actionAt } from './find-action.ts';
import { refuseAction } from './refuse-action.ts';
import type { DeclaredRollback } from './runbook.ts';

/**
 * `request` is that of the step: its undo sees what its `with` sees, and `self`. All of `self` may be missing there: the
 * undo runs also for a step that was stopped half-way.
 */
export function compileRollback(
  request: WithRequest,
  raw: Raw,
  own: Readonly<Record<string, ObjectField>>,
): DeclaredRollback | undefined {
  const { context, stepId } = request;
  if (raw.rollback === undefined || raw.rollback === 'auto') return undefined;
  if (raw.rollback === 'none') return { kind: 'none', reason: rawText(raw.reason) ?? '' };
  const undo = rawRecord(raw.rollback);
  const path = [...request.path, 'rollback'];
  const at = [...path, 'action'];
  const action = actionAt(context, at, rawText(undo.action) ?? '', stepId);
  if (action === undefined) return undefined;
  refuseAction(context, path, stepId, action);
  const self = Object.fromEntries(
    Object.entries(own).map(([name, field]): [string, ObjectField] => [name, { ...field, isOptional: true }]),
  );
  const { explainMissing } = context.expressions;
  const undoRequest: WithRequest = {
    ...request,
    action,
    path,
    scope: { ...request.scope, self: { object: self } },
    context: {
      ...context,
      expressions: {
        ...context.expressions,
        explainMissing: (name) =>
          name[0] === 'self'
            ? `the rollback runs also when step \`${stepId}\` was stopped half-way`
            : explainMissing?.(name),
      },
    },
  };
  const targets = targetsOf(undoRequest, undo.with);
  const isOutside = action.effect === 'read' || action.effect === 'external';
  if (!isOutside || (action.name === 'command.run' && targets.length > 0)) {
    addFinding(
      context,
      'runbook/rollback-changes',
      context.document.place(at),
      isOutside
        ? `the rollback of step \`${stepId}\` lets a program touch ${targets.map((name) => `\`${name}\``).join(', ')}`
        : `the rollback of step \`${stepId}\` uses \`${action.name}\`, whose effect is \`${action.effect}\``,
      { fix: 'targets are put back by Belay: leave it to `rollback: auto`, or undo an outside effect only' },
    );
  }
  return {
    kind: 'action',
    action: action.name,
    effect: action.effect,
    targets,
    with: compileWith(undoRequest, undo.with),
    place: context.document.place(at),
    places: placesOf(context, path, undo),
  };
}

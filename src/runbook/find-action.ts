// Finds the action that a place of a runbook names.

import { type AnyAction, actionOf } from '../action/index.ts';
import type { Path } from '../document/index.ts';
import { addFinding, type CompileContext } from './compile-context.ts';

export function actionAt(
  context: CompileContext,
  path: Path,
  name: string,
  id: string,
): AnyAction | undefined {
  const action = actionOf(name);
  // Only a document that was not validated gets here without one.
  if (!action)
    addFinding(
      context,
      'runbook/unknown-action',
      context.document.place(path),
      `step \`${id}\` uses action \`${name}\`, which does not exist`,
      {
        fix: 'belay actions',
      },
    );
  return action;
}

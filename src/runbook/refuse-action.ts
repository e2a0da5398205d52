// What the format knows and this version does not do yet: refused when a runbook is compiled, never ignored.

import type { AnyAction } from '../action/index.ts';
import type { Path } from '../document/index.ts';
import { addFinding, type CompileContext } from './compile-context.ts';

/** What an available action does not do yet, it says by its own `check`. */
export function refuseAction(
  context: CompileContext,
  path: Path,
  id: string,
  { name, availability }: AnyAction,
): void {
  if (availability === 'available') return;
  addFinding(
    context,
    'runbook/not-available',
    context.document.place([...path, 'action']),
    `step \`${id}\` uses action \`${name}\`, which a later version of Belay will run`,
    { fix: 'belay actions' },
  );
}

// What the format knows and this version does not do yet: refused when a runbook is compiled, never ignored.
// A version that does a thing deletes its line here.

import type { AnyAction } from '../action/index.ts';
import type { Path } from '../document/index.ts';
import { addFinding, type CompileContext, type Raw } from './compile-context.ts';

interface Refusal {
  readonly key: string;
  /** Refused when this holds for the value; always, when absent. */
  readonly when?: (value: unknown) => boolean;
  /** What the words "does not … yet" are about. */
  readonly does: string;
}

const ofTarget: readonly Refusal[] = [
  { key: 'exclusive', when: (value) => value === true, does: 'keep other connections away from a target' },
];

export function refuseTargetKeys(context: CompileContext, path: Path, target: Raw, name: string): void {
  refuse(context, path, target, ofTarget, `target \`${name}\``);
}

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

function refuse(
  context: CompileContext,
  path: Path,
  raw: Raw,
  refusals: readonly Refusal[],
  who: string,
): void {
  for (const { key, when, does } of refusals) {
    if (!Object.hasOwn(raw, key) || (when && !when(raw[key]))) continue;
    addFinding(
      context,
      'runbook/not-available',
      context.document.keyPlace([...path, key]),
      `${who} has \`${key}\`, but this version of Belay does not ${does} yet; a later one will`,
      { fix: `leave out \`${key}\`` },
    );
  }
}

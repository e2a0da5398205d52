// The ways on from a run that did not end, as commands: the words of every message that names such a run.

import type { RunView } from '../journal/index.ts';
import { shownState } from './view-json.ts';

/** Commands, the first to try first; none for a run that has ended or is at work. */
export function waysOn(view: RunView): string[] {
  const { id } = view;
  const state = shownState(view);
  const commands = { waiting: ['approve', 'resume'], interrupted: ['rollback', 'resume'] }[state as string];
  if (commands === undefined) return [];
  // On a record that stops making sense nothing is built.
  const goingOn = view.damage === undefined ? commands.map((command) => `belay ${command} ${id}`) : [];
  return [...goingOn, `belay abandon ${id} --reason TEXT`];
}

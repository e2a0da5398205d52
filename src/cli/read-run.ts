// A run of the journal by the word on the command line, and what is to be said of one that nobody ended.

import type { Journal, RunView } from '../journal/index.ts';
import { shownState } from './view-json.ts';

/** Fails with `journal/unknown-run` or `journal/ambiguous-run`. */
export function readRun(journal: Journal, word: string): RunView {
  const id = journal.resolveRunId(word);
  const view = journal.run(id);
  if (view === undefined) throw new Error(`run ${id} is in the index, but not in the journal`);
  return view;
}

/** A run that was interrupted has not said what state the data is in; this does. */
export function interruptedWords(view: RunView): RunView {
  if (shownState(view) !== 'interrupted' || view.dataState !== undefined) return view;
  const step = view.steps.findLast(({ state }) => state === 'running' || state === 'unknown');
  const commits = view.commits.length;
  const done =
    commits === 0
      ? 'no transaction of it was recorded as committed'
      : `${commits} of its transactions were committed`;
  const open =
    view.openCommit === undefined
      ? ''
      : `; the last one, of step \`${view.openCommit.step}\`, may or may not have been`;
  return {
    ...view,
    dataState: `${done}${open}${backupWords(view)}`,
    ...(step === undefined ? {} : { failedStep: step.id }),
    next: `belay abandon ${view.id} --reason TEXT`,
  };
}

function backupWords(view: RunView): string {
  const last = view.backups.at(-1);
  return last === undefined ? '' : `; the state before is backup ${last.id}`;
}

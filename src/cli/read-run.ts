// A run of the journal by the word on the command line, and what is to be said of one that nobody ended.

import { formatCount } from '../base/index.ts';
import type { Journal, RunView } from '../journal/index.ts';
import { shownState } from './view-json.ts';
import { waysOn } from './ways-on.ts';

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
  const [next = `belay runs show ${view.id}`] = waysOn(view);
  return {
    ...view,
    dataState: `${committedWords(view)}${openWords(view)}${rollbackWords(view)}${backupWords(view)}`,
    ...(step === undefined ? {} : { failedStep: step.id }),
    next,
  };
}

function committedWords({ commits, openCommits }: RunView): string {
  if (commits.length === 0)
    return openCommits.length === 0
      ? 'nothing of this run was committed'
      : 'no transaction of this run is known to be committed';
  const steps = [...new Set(commits.map(({ step }) => `\`${step}\``))].join(', ');
  const rows = commits.reduce((sum, commit) => sum + commit.rows, 0);
  return `committed by ${steps}: ${formatCount(commits.length, 'transaction')}, ${formatCount(rows, 'row')}`;
}

function openWords({ openCommits }: RunView): string {
  return openCommits
    .map(
      ({ step, target }) => `; a transaction of step \`${step}\` on \`${target}\` may or may not have been`,
    )
    .join('');
}

function rollbackWords({ rollback }: RunView): string {
  return rollback === undefined ? '' : '; it was being put back';
}

function backupWords(view: RunView): string {
  const last = view.backups.at(-1);
  return last === undefined ? '' : `; the state before is backup ${last.id}`;
}

// A run of the journal by the word on the command line, and what is to be said of one that nobody ended.

import { formatCount } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Journal, RunView } from '../journal/index.ts';
import { shownState } from './view-json.ts';
import { waysOn } from './ways-on.ts';

/** To look at, as far as it can be read. Fails with `journal/unknown-run` or `journal/ambiguous-run`. */
export function readRun(journal: Journal, word: string): RunView {
  const id = journal.resolveRunId(word);
  const view = journal.look(id);
  if (view === undefined) throw new Error(`run ${id} is in the index, but not in the journal`);
  return view;
}

/** Fails with `journal/corrupt`: nothing is done on a record that stops making sense. */
export function requireSound(view: RunView): RunView {
  if (view.damage === undefined) return view;
  throw new Failure('journal/corrupt', `the record of run \`${view.id}\` is damaged: ${view.damage}`, {
    state: 'nothing was changed; the other runs of this state folder are not touched by it',
    fix: `look at what can be read with \`belay runs show ${view.id}\`, and give it up with \`belay abandon ${view.id} --reason …\``,
  });
}

/** A run that was interrupted has not said what state the data is in; this does. */
export function interruptedWords(view: RunView): RunView {
  if (shownState(view) !== 'interrupted' || view.dataState !== undefined) return view;
  const step = view.steps.findLast(({ state }) => state === 'running' || state === 'unknown');
  const [next = `belay runs show ${view.id}`] = waysOn(view);
  return {
    ...view,
    dataState: `${committedWords(view)}${openWords(view)}${settingsWords(view)}${rollbackWords(view)}${backupWords(view)}`,
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

function settingsWords({ settings }: RunView): string {
  const targets = [...new Set(settings.map(({ target }) => `\`${target}\``))].join(', ');
  return targets === '' ? '' : `; settings of ${targets} were told to change`;
}

function rollbackWords({ rollback }: RunView): string {
  return rollback === undefined ? '' : '; it was being put back';
}

function backupWords(view: RunView): string {
  const last = view.backups.at(-1);
  return last === undefined ? '' : `; the state before is backup ${last.id}`;
}

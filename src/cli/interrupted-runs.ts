// Every command that runs something first meets the runs whose engine died: their processes are ended, that is
// recorded, and a person is told what is known and how to go on. Changes no target.

import { escapeLine, Failure } from '../diagnostic/index.ts';
import { findInterrupted, type Journal, markInterrupted, type RunView } from '../journal/index.ts';
import { operatorName } from '../process/index.ts';
import type { Context } from './context.ts';
import { isHeld } from './is-held.ts';
import { interruptedWords } from './read-run.ts';
import { showFindings } from './show-error.ts';
import { waysOn } from './ways-on.ts';

/**
 * Never fails for what another run left behind: the lease of its targets keeps this run from them.
 *
 * Said under `--quiet` too: it is said once, and somebody has to know.
 */
export async function meetInterruptedRuns(context: Context, journal: Journal): Promise<void> {
  for (const { id } of findInterrupted(journal, { isHeld })) {
    try {
      const view = await markInterrupted(journal, id, operatorName(), { isHeld });
      if (view !== undefined) context.screen.stderr.write(`${paragraph(view)}\n`);
    } catch (error) {
      const isOfThatRun =
        error instanceof Failure &&
        (error.code === 'journal/process-survives' || error.code === 'journal/corrupt');
      if (!isOfThatRun) throw error;
      await showFindings([error.toFinding()], context.screen);
    }
  }
}

function paragraph(run: RunView): string {
  const view = interruptedWords(run);
  const step = view.failedStep === undefined ? '' : ` in step \`${view.failedStep}\``;
  const lines = [
    `run ${view.id} (${view.runbook}, started ${view.startedAt}) was interrupted${step}: its process ${view.pid} ended without a word, and nothing of it is left running.`,
    `data      ${view.dataState ?? ''}`,
    ...[`belay runs show ${view.id}`, ...waysOn(view)].map(
      (command, i) => `${(i === 0 ? 'next' : '').padEnd(10)}${command}`,
    ),
  ];
  return `${lines.map(escapeLine).join('\n')}\n`;
}

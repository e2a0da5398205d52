// `belay runs watch`: follows a run that another process drives, through the journal. Ends with the run; its own exit
// code says only that watching worked.

import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitCode, exitCodes } from '../../../diagnostic/index.ts';
import { finalRunStates } from '../../../journal/index.ts';
import { createRunRenderer } from '../../../render/index.ts';
import type { Context } from '../../context.ts';
import { interruptedWords, readRun } from '../../read-run.ts';
import { shownState } from '../../view-json.ts';

const pollMs = 250;

export async function watchRun(context: Context, word: string): Promise<ExitCode> {
  const output = context.format(['text', 'json']);
  using journal = await context.journalForReading();
  const { id, steps } = readRun(journal, word);
  const renderer = await createRunRenderer({
    screen: context.screen,
    output,
    isQuiet: context.globals.isQuiet,
    isVerbose: context.globals.isVerbose,
    stepCount: steps.length,
  });
  let shown = 0;
  for (;;) {
    const events = journal.events(id);
    for (const { event, at } of events.slice(shown)) renderer.event(id, event, at);
    shown = events.length;
    const view = readRun(journal, id);
    const state = shownState(view);
    if (finalRunStates.has(state) || state === 'interrupted' || state === 'waiting') {
      await renderer.close({ ...interruptedWords(view), state });
      return exitCodes.done;
    }
    await sleep(pollMs);
  }
}

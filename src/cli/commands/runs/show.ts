// `belay runs show`.

import { type ExitCode, exitCodes } from '../../../diagnostic/index.ts';
import { renderRun } from '../../../render/index.ts';
import type { Context } from '../../context.ts';
import { interruptedWords, readRun } from '../../read-run.ts';
import { runToJson, shownState } from '../../view-json.ts';
import { waysOn } from '../../ways-on.ts';

export async function showRun(context: Context, word: string): Promise<ExitCode> {
  const format = context.format(['text', 'json']);
  using journal = await context.journalForReading();
  const view = readRun(journal, word);
  if (format === 'json') context.printJson(runToJson(view));
  else context.print(renderRun(interruptedWords(view), shownState(view), context.resultScreen, waysOn(view)));
  return exitCodes.done;
}

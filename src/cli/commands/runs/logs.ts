// `belay runs logs`: everything that the program of a step wrote, masked as it was kept.

import { existsSync, readFileSync } from 'node:fs';
import { nearestName } from '../../../base/index.ts';
import { type ExitCode, escapeTerminal, exitCodes, Failure } from '../../../diagnostic/index.ts';
import { stepLogPath } from '../../../process/index.ts';
import type { Context } from '../../context.ts';
import { readRun } from '../../read-run.ts';

export async function printLogs(context: Context, word: string, step: string): Promise<ExitCode> {
  const format = context.format(['text', 'json']);
  const { stateFolder } = await context.project();
  using journal = await context.journalForReading();
  const view = readRun(journal, word);
  const steps = view.steps.flatMap(({ id, items }) => [id, ...(items ?? []).map((item) => item.id)]);
  if (!steps.includes(step)) {
    const near = nearestName(step, steps);
    throw new Failure('usage/unknown-step', `run \`${view.id}\` has no step \`${step}\``, {
      fix: near === undefined ? `belay runs show ${view.id}` : `did you mean \`${near}\`?`,
    });
  }
  const path = stepLogPath(stateFolder, view.id, step);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (format === 'json') context.printJson({ run: view.id, step, path: text === '' ? null : path, text });
  else if (text === '') context.say(`step \`${step}\` wrote nothing`);
  // To a file it goes as it is, to a terminal made harmless.
  else context.print(process.stdout.isTTY ? escapeTerminal(text) : text);
  return exitCodes.done;
}

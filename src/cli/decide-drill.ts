// What is drilled: decided in the command and in each of its engine processes, from the same words, to the same run.

import type { ResolvedRun } from '../plan/index.ts';
import { Context } from './context.ts';
import { decideRun, type ParamOptions } from './decide-run.ts';
import type { GlobalOptions } from './globals.ts';
import { createScreen } from './screen.ts';

export interface DrillWords {
  /** Name or path of the runbook. */
  readonly word: string;
  readonly options: ParamOptions;
  readonly globals: GlobalOptions;
  /** ISO 8601: `now` of the run. */
  readonly now: string;
}

/** Fails as `belay run` does for the same words. */
export async function decideDrill(
  { word, options, globals, now }: DrillWords,
  asked?: Context,
): Promise<{ readonly resolved: ResolvedRun; readonly context: Context }> {
  const context =
    asked ?? new Context({ ...globals, isQuiet: true }, createScreen(globals, process.env), process.env);
  return { resolved: await decideRun(context, word, options, new Date(now)), context };
}

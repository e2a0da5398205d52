// Asks for a yes on the terminal. No terminal means no answer, and no answer means no.

import { createInterface } from 'node:readline/promises';
import { Failure } from '../diagnostic/index.ts';
import type { Context } from './context.ts';

/** Fails with `gate/declined` or `gate/nobody-to-ask`. */
export async function askYes(context: Context, question: string, withoutTerminal: string): Promise<void> {
  if (context.globals.output !== 'text' || process.stdin.isTTY !== true)
    throw new Failure('gate/nobody-to-ask', 'this must be confirmed, and there is no terminal to ask on', {
      state: 'nothing was decided',
      fix: withoutTerminal,
    });
  const stop = new AbortController();
  const line = createInterface({ input: process.stdin, output: context.screen.stderr, terminal: true });
  line.once('close', () => stop.abort());
  line.once('SIGINT', () => stop.abort());
  try {
    const answer = await line.question(`${question} yes or no: `, { signal: stop.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  } finally {
    line.close();
  }
  throw new Failure('gate/declined', 'the answer was not yes', { state: 'nothing was decided' });
}

// Asks for a text to be typed on the terminal. Never guesses: no terminal means no answer, and no answer means no.

import { createInterface } from 'node:readline/promises';
import { wrapIndented } from '../base/index.ts';
import { escapeTerminal, Failure } from '../diagnostic/index.ts';
import { columnsOf } from './columns-of.ts';

export interface ConfirmRequest {
  /** What would happen, in full; shown before the question. */
  readonly message: string;
  /** The text to type. */
  readonly expect: string;
  /** Another name of the same, which counts as well. */
  readonly also?: string;
  /** The text as given on the command line: an answer in advance. */
  readonly given?: string;
  /** The command that would answer without a terminal. */
  readonly withoutTerminal: string;
  readonly mayAsk: boolean;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WritableStream;
  readonly signal?: AbortSignal;
}

/**
 * Returns once `expect` was typed, or given.
 *
 * Fails with `gate/declined` for any other answer (also none: Ctrl-D, Ctrl-C), with `gate/nobody-to-ask` when there
 * is no answer in advance and no terminal. Nothing has been changed in either case.
 */
export async function confirm(request: ConfirmRequest): Promise<void> {
  const { expect, also = expect, given, input, output } = request;
  if (given !== undefined) {
    if (given === expect || given === also) return;
    throw declined(`\`--confirm ${given}\` is not \`${expect}\``);
  }
  const lines = escapeTerminal(request.message).split('\n');
  output.write(`${lines.flatMap((line) => wrapIndented(line, columnsOf(output))).join('\n')}\n`);
  if (!request.mayAsk || input.isTTY !== true) {
    throw new Failure('gate/nobody-to-ask', 'this must be confirmed, and there is no terminal to ask on', {
      state: 'nothing was changed',
      fix: request.withoutTerminal,
    });
  }
  const answer = await ask(request);
  if (answer?.trim() !== expect && answer?.trim() !== also) {
    throw declined(answer === undefined ? 'no answer was given' : `the answer is not \`${expect}\``);
  }
}

async function ask({ expect, input, output, signal }: ConfirmRequest): Promise<string | undefined> {
  const terminal = createInterface({ input, output, terminal: true });
  const stop = new AbortController();
  // Ctrl-D and Ctrl-C close the line without an answer; the question would otherwise wait for ever.
  terminal.once('close', () => stop.abort());
  terminal.once('SIGINT', () => stop.abort());
  const signals = signal === undefined ? [stop.signal] : [stop.signal, signal];
  try {
    return await terminal.question(`Type \`${escapeTerminal(expect)}\` to go on: `, {
      signal: AbortSignal.any(signals),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      output.write('\n');
      return undefined;
    }
    throw error;
  } finally {
    terminal.close();
  }
}

function declined(message: string): Failure {
  return new Failure('gate/declined', message, { state: 'nothing was changed' });
}

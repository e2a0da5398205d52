// Asks on the terminal: shows what the gate is about, waits for the typed answer, counts down. Anything but the answer
// that was asked for is a no: another text, Ctrl-D, Ctrl-C, a terminal that goes away, time.

import { createInterface } from 'node:readline';
import { formatDuration, wrap } from '../base/index.ts';
import { escapeLine, escapeTerminal } from '../diagnostic/index.ts';
import { columnsOf, defaultColumns } from './columns-of.ts';
import type { GateAnswer, GateQuestion } from './gate-keeper.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Aborted once the terminal is gone. */
  readonly hangup: AbortSignal;
  /** Ctrl-C, or a hangup, while the gate is open: the whole run is to stop. */
  readonly onInterrupt: (signal: 'SIGINT' | 'SIGHUP') => void;
  /** Between two lines of the countdown; a minute unless told. */
  readonly noticeMs?: number;
}

const labelWidth = 9;
const mostLines = 40;

export async function askOperator(
  terminal: Terminal,
  question: GateQuestion,
  operator: string,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const { hangup, output } = terminal;
  const gone = (reason: string): GateAnswer => ({
    decision: 'declined',
    by: 'nobody',
    how: 'hangup',
    reason,
  });
  if (hangup.aborted) return gone('the terminal is gone');
  output.write(questionText(question, columnsOf(output)));
  const typed = await readAnswer(terminal, question, signal);
  if (typed.kind !== 'text' && !hangup.aborted) output.write('\n');
  switch (typed.kind) {
    case 'text':
      return judge(question, typed.text, operator);
    case 'expired':
      return {
        decision: 'expired',
        by: 'nobody',
        how: 'timeout',
        reason: `nobody answered within ${formatDuration(question.timeoutMs)}`,
      };
    case 'closed':
      return { decision: 'declined', by: operator, how: 'typed', reason: 'no answer was given' };
    case 'interrupted':
      return { decision: 'declined', by: operator, how: 'interrupt', reason: 'interrupted' };
    case 'gone':
      return gone('the terminal went away');
  }
}

function judge({ expect }: GateQuestion, text: string, operator: string): GateAnswer {
  const typed = text.trim();
  const isYes = expect === undefined ? /^y(es)?$/i.test(typed) : typed === expect;
  if (isYes) return { decision: 'confirmed', by: operator, how: 'typed' };
  const reason =
    expect === undefined
      ? typed === ''
        ? 'the answer was empty, which means no'
        : `the answer was \`${typed}\``
      : `\`${typed}\` was typed; \`${expect}\` was expected`;
  return { decision: 'declined', by: operator, how: 'typed', reason };
}

type Typed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expired' | 'closed' | 'interrupted' | 'gone' };

function readAnswer(terminal: Terminal, question: GateQuestion, signal: AbortSignal): Promise<Typed> {
  const { input, output, hangup } = terminal;
  const { promise, resolve } = Promise.withResolvers<Typed>();
  const line = createInterface({ input, output, terminal: true, historySize: 0 });
  const onStop = () => resolve({ kind: 'interrupted' });
  let isGone = false;
  const onHangup = () => {
    if (isGone) return;
    isGone = true;
    terminal.onInterrupt('SIGHUP');
    resolve({ kind: 'gone' });
  };
  // Reading from a terminal that is gone fails before its signal comes, and then leaving raw mode fails once more.
  input.on('error', onHangup);
  line.on('error', onHangup);
  line.setPrompt(promptText(question));
  line.once('line', (text) => resolve({ kind: 'text', text }));
  line.once('close', () => resolve({ kind: 'closed' }));
  // The terminal is in raw mode: Ctrl-C is a key here and no signal.
  line.once('SIGINT', () => {
    terminal.onInterrupt('SIGINT');
    resolve({ kind: 'interrupted' });
  });
  signal.addEventListener('abort', onStop, { once: true });
  hangup.addEventListener('abort', onHangup, { once: true });
  if (signal.aborted) onStop();
  const startedAt = performance.now();
  const timers = countDown(terminal, question, startedAt, () => line.prompt(true), resolve);
  line.prompt();
  return promise.finally(() => {
    timers.stop();
    if (!isGone) input.off('error', onHangup);
    signal.removeEventListener('abort', onStop);
    hangup.removeEventListener('abort', onHangup);
    line.close();
  });
}

/** A line each minute with the time that is left, above what has been typed so far. */
function countDown(
  terminal: Terminal,
  { timeoutMs }: GateQuestion,
  startedAt: number,
  promptAgain: () => void,
  resolve: (typed: Typed) => void,
): { stop(): void } {
  // A timer of Node cannot wait longer than 2^31 milliseconds; this one looks again.
  const leftMs = (): number => timeoutMs - (performance.now() - startedAt);
  const deadline = setInterval(
    () => {
      if (leftMs() <= 0) resolve({ kind: 'expired' });
    },
    Math.min(250, Math.max(10, timeoutMs / 4)),
  );
  const notice = setInterval(() => {
    if (leftMs() <= 0) return;
    terminal.output.write(
      `\r\u001b[K${formatDuration(roundUp(leftMs()))} left, then it counts as declined\n`,
    );
    promptAgain();
  }, terminal.noticeMs ?? 60_000);
  return {
    stop() {
      clearInterval(deadline);
      clearInterval(notice);
    },
  };
}

function roundUp(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

function promptText({ expect, timeoutMs }: GateQuestion): string {
  const within = `within ${formatDuration(timeoutMs)}`;
  return expect === undefined
    ? `Go on? yes or no, ${within}: `
    : `Type \`${escapeLine(expect)}\` to go on, ${within}: `;
}

/** What the gate is about, in full; the end of a very long preview is left out, and that is said. */
export function questionText(question: GateQuestion, width = defaultColumns): string {
  const { step, title, message, targets, lines, values } = question;
  const shown = lines.slice(0, mostLines);
  const left = lines.length - shown.length;
  const targetTexts = targets.map(({ name, path }) => `${name}: ${path}`);
  const rows = [
    ...label('target', targetTexts, width),
    ...label('now', [...shown, ...(left === 0 ? [] : [`… ${left} lines more`])], width),
    ...label('with', values, width),
  ];
  const head = wrap(`Gate before step ${escapeLine(step)}: ${escapeLine(title)}`, width);
  const asked = wrap(escapeTerminal(message), width - 2).map((line) => `  ${line}`);
  return `\n${[...head, '', ...asked, '', ...rows].join('\n')}\n\n`;
}

function label(name: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrap(escapeTerminal(text), width - labelWidth - 2));
  return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(labelWidth)}${line}`);
}

// A run as lines: one per finished step, and a sign of life every half minute for a step that takes long.
// For logs, pipes, CI, and runs with too many steps for a live picture.

import { clip, displayWidth, formatDuration, formatSize, padEnd, wrap } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { RecordedTarget, RunEvent } from '../journal/event.ts';
import type { RunRenderer } from './renderer.ts';
import { createRollbackLines } from './rollback-lines.ts';
import { renderSummary, type SummaryOptions } from './run-summary.ts';
import { createStepBoard, type EndedStep } from './step-board.ts';
import { createStyle, type Style } from './style.ts';

const heartbeatMs = 30_000;
const stateWidth = 9;

export interface PlainOptions extends SummaryOptions {
  readonly write: (text: string) => void;
  readonly isVerbose: boolean;
  readonly heartbeatMs?: number;
}

export function createPlainRenderer(options: PlainOptions): RunRenderer {
  const style = createStyle(options.hasColor);
  const board = createStepBoard();
  const rollback = createRollbackLines(style, options.width);
  let idWidth = 8;
  const write = (line: string) => options.write(`${line}\n`);
  const heartbeat = setInterval(() => {
    for (const { id, startedAt, progress } of board.running()) {
      const text = [`${formatDuration(Date.now() - startedAt)} so far`, ...(progress ? [progress] : [])];
      write(row(style.dim, 'running', id, text.join(', '), '', options.width, idWidth));
    }
  }, options.heartbeatMs ?? heartbeatMs);
  heartbeat.unref();
  return {
    event(runId, event, at) {
      const ended = board.note(event, at);
      if (event.type === 'run-started') {
        idWidth = Math.min(24, Math.max(8, ...board.steps.map(({ id }) => displayWidth(id))));
        for (const line of opening(runId, event, style)) write(line);
      } else if (event.type === 'progress' && event.step === 'lease') {
        // At once: who waits should know for whom.
        write(row(style.careful, 'waiting', '', event.message ?? '', '', options.width, 0));
      } else if (event.type === 'warning') {
        write(row(style.careful, 'warning', event.step ?? '', event.message, '', options.width, idWidth));
      } else if (event.type === 'gate-asked') {
        write(row(style.careful, 'gate', event.step, event.message, '', options.width, idWidth));
      } else if (event.type === 'gate-decided') {
        const { decision, by, how, reason } = event;
        const text = `${decision} by ${by} (${how})${reason === undefined ? '' : `: ${reason}`}`;
        write(row(style.careful, 'gate', event.step, text, '', options.width, idWidth));
      } else if (event.type === 'signal-received') {
        write(row(style.careful, event.signal, '', event.decision, '', options.width, idWidth));
      } else if (event.type === 'step-output' && options.isVerbose) {
        for (const line of event.text.replace(/\n$/, '').split('\n'))
          write(`${' '.repeat(stateWidth)}${style.dim(`${event.step} | ${escapeLine(line)}`)}`);
      }
      for (const line of rollback.note(event, at)) write(line);
      if (ended !== undefined) for (const line of endLines(ended, style, options.width, idWidth)) write(line);
    },
    async close(final) {
      clearInterval(heartbeat);
      if (final !== undefined) options.write(renderSummary(final, options));
    },
  };
}

/** Nothing is said of the size of a file that is not there, or holds nothing. */
export function targetWords({ name, realPath, sizeBytes }: RecordedTarget): string {
  const size = sizeBytes === 0 ? '' : ` (${formatSize(sizeBytes)})`;
  return `${name}: ${escapeLine(realPath)}${size}`;
}

function opening(runId: string, event: Extract<RunEvent, { type: 'run-started' }>, style: Style): string[] {
  const targets = event.targets.map(targetWords);
  return [
    `${style.strong(escapeLine(event.runbook))}: ${escapeLine(event.title)}`,
    style.dim([runId, ...targets].join(' · ')),
    '',
  ];
}

export function endLines(ended: EndedStep, style: Style, width: number, idWidth: number): string[] {
  const [word, paint] = {
    succeeded: ['ok', style.good] as const,
    failed: ['FAILED', style.bad] as const,
    errored: ['ERROR', style.bad] as const,
    cancelled: ['stopped', style.careful] as const,
    skipped: ['skipped', style.dim] as const,
  }[ended.state];
  const took = ended.durationMs === undefined ? '' : formatDuration(ended.durationMs);
  const details = escapeLine(ended.details.join(' · '));
  const indent = ' '.repeat(stateWidth);
  const lines = [row(paint, word, ended.id, ended.title, took, width, idWidth)];
  if (details !== '')
    for (const line of wrap(details, width - stateWidth - idWidth - 1))
      lines.push(`${indent}${' '.repeat(idWidth + 1)}${style.dim(line)}`);
  if (ended.failure !== undefined) {
    const text = `${ended.failure.message} [${ended.failure.code}]`;
    for (const line of wrap(escapeLine(text), width - stateWidth)) lines.push(`${indent}${paint(line)}`);
  }
  for (const line of ended.output)
    lines.push(`${indent}${style.dim(`| ${clip(escapeLine(line), width - stateWidth - 2)}`)}`);
  if (ended.isContinued) lines.push(`${indent}${style.dim('the run goes on (`onFailure: continue`)')}`);
  return lines;
}

function row(
  paint: (text: string) => string,
  state: string,
  id: string,
  text: string,
  took: string,
  width: number,
  idWidth: number,
): string {
  const head = `${paint(state)}${' '.repeat(Math.max(1, stateWidth - displayWidth(state)))}${padEnd(clip(id, idWidth), idWidth)} `;
  const tookWidth = took === '' ? 0 : took.length + 2;
  const room = Math.max(20, width - stateWidth - idWidth - 1 - tookWidth);
  const body = clip(escapeLine(text), room);
  return took === '' ? `${head}${body}`.trimEnd() : `${head}${padEnd(body, Math.min(room, 64))}  ${took}`;
}

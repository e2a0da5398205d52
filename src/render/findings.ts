// Findings as text: what, where with the source line and a caret, state, fix. One form for every stage and command.

import { displayWidth, wrap } from '../base/index.ts';
import { escapeLine, escapeTerminal, type Finding, type Place } from '../diagnostic/index.ts';
import type { Screen } from './renderer.ts';
import { createStyle, type Style } from './style.ts';

/** One block per finding, an empty line between two, a final newline; empty when there is none. */
export function renderFindings(
  findings: readonly Finding[],
  screen: Pick<Screen, 'width' | 'hasColor'> & Partial<Pick<Screen, 'isInteractive'>>,
): string {
  const style = createStyle(screen.hasColor);
  // In a log a sentence is one line, to be searched for.
  const breakAt = screen.isInteractive === true ? screen.width : undefined;
  return findings
    .map((finding) => `${renderFinding(finding, style, screen.width, breakAt).join('\n')}\n`)
    .join('\n');
}

function renderFinding(finding: Finding, style: Style, width: number, breakAt?: number): string[] {
  const paint = { error: style.bad, warning: style.careful, info: style.name }[finding.level];
  const head = `${finding.level}[${finding.code}]`;
  // The head is one word, so the first line always begins with it.
  const whole = `${head}: ${sentence(finding.message)}`;
  const [first = '', ...rest] = breakAt === undefined ? whole.split('\n') : wrap(whole, breakAt - 2);
  const lines = [
    `${paint(head)}: ${style.strong(first.slice(head.length + 2))}`,
    ...rest.map((line) => style.strong(line.startsWith('  ') ? line : `  ${line}`)),
  ];
  if (finding.place) lines.push(...renderPlace(finding.place, finding.label, paint, style, width));
  if (finding.state !== undefined) lines.push(`state: ${sentence(finding.state)}`);
  if (finding.fix !== undefined) lines.push(`fix: ${sentence(finding.fix)}`);
  return lines;
}

/** Harmless, and indented after a newline, so that no text can pass for a line of Belay's own. */
function sentence(text: string): string {
  return escapeTerminal(text).replaceAll('\n', '\n  ');
}

function renderPlace(
  place: Place,
  label: string | undefined,
  paint: (text: string) => string,
  style: Style,
  width: number,
): string[] {
  const gutter = ' '.repeat(String(place.line).length);
  const head = `${gutter}${style.dim('-->')} ${escapeLine(place.file)}:${place.line}:${place.column}`;
  if (place.text === undefined) return [head];
  const bar = style.dim('|');
  const room = Math.max(20, width - gutter.length - 3);
  const { text, caretAt, caretWidth } = fitLine(place.text, place.column - 1, place.length ?? 1, room);
  const under = `${' '.repeat(caretAt)}${paint(`${'^'.repeat(caretWidth)}${label ? ` ${escapeLine(label)}` : ''}`)}`;
  return [
    head,
    `${gutter} ${bar}`,
    `${style.dim(String(place.line))} ${bar}${text === '' ? '' : ` ${text}`}`,
    `${gutter} ${bar} ${under}`,
  ];
}

interface FittedLine {
  readonly text: string;
  /** In columns of the screen. */
  readonly caretAt: number;
  readonly caretWidth: number;
}

/** The part of a line around the caret that fits into `room` columns; what is left out shows as `…`. */
function fitLine(line: string, column: number, length: number, room: number): FittedLine {
  const cells = cellsOf(line);
  const before = cells.filter((cell) => cell.start < column);
  const marked = cells.filter((cell) => cell.start >= column && cell.start < column + length);
  let caretAt = widthOf(before);
  let caretWidth = Math.max(1, widthOf(marked));
  if (widthOf(cells) <= room) return { text: textOf(cells), caretAt, caretWidth };

  // The caret comes to stand at a third of the screen, unless the line begins or ends before that.
  let from = 0;
  const lead = Math.floor(room / 3);
  while (caretAt - widthOf(cells.slice(0, from)) > lead && from < before.length) from++;
  const shown: Cell[] = [];
  let used = from > 0 ? 1 : 0;
  let to = from;
  for (; to < cells.length; to++) {
    const cell = cells[to];
    const isLast = to === cells.length - 1;
    if (!cell || used + cell.width > room - (isLast ? 0 : 1)) break;
    shown.push(cell);
    used += cell.width;
  }
  caretAt = caretAt - widthOf(cells.slice(0, from)) + (from > 0 ? 1 : 0);
  caretWidth = Math.max(1, Math.min(caretWidth, used - caretAt));
  return {
    text: `${from > 0 ? '…' : ''}${textOf(shown)}${to < cells.length ? '…' : ''}`,
    caretAt,
    caretWidth,
  };
}

interface Cell {
  /** In the source line. */
  readonly start: number;
  readonly text: string;
  readonly width: number;
}

/** What a person sees as one character, made harmless. Built by grapheme, so that a caret never splits one. */
function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)) {
    const text = segment === '\t' ? '  ' : escapeSegment(line, segment, index);
    // A joined sequence, such as a family of emoji, is drawn as its first part.
    const width = text === segment ? Math.min(2, displayWidth(text)) : text.length;
    cells.push({ start: index, text, width });
  }
  return cells;
}

/** A segment alone does not show that it begins a command of a CI system's log. */
function escapeSegment(line: string, segment: string, index: number): string {
  const isCommand = segment === '#' && /^##(?:\[|vso\[|teamcity\[)/.test(line.slice(index - 1, index + 12));
  return isCommand && index > 0 ? '\\x23' : escapeLine(segment);
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

function textOf(cells: readonly Cell[]): string {
  return cells.map((cell) => cell.text).join('');
}

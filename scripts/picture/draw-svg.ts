// Draws a terminal capture as SVG: a dark window, one text element for each stretch of one style, each nailed to its
// column, so that the picture is the same whatever monospaced font the reader has.

import { parseAnsi, type Span } from './parse-ansi.ts';

const columnWidth = 8.4;
const lineHeight = 19;
const padding = 18;
const barHeight = 34;
const fonts =
  "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/** `title` stands in the bar of the window and is what a screen reader says. */
export function drawSvg(capture: string, title: string): string {
  const lines = parseAnsi(capture);
  const columns = Math.max(40, ...lines.map(widthOf));
  const width = Math.ceil(columns * columnWidth + 2 * padding);
  const height = barHeight + lines.length * lineHeight + padding;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    ...['#ff5f56', '#ffbd2e', '#27c93f'].map(
      (color, i) => `<circle cx="${20 + 18 * i}" cy="17" r="5.5" fill="${color}"/>`,
    ),
    `<g font-family="${fonts}" font-size="14" fill="#e6edf3">`,
    `<text x="${width / 2}" y="22" text-anchor="middle" font-size="13" fill="#8b949e">${escapeXml(title)}</text>`,
    ...lines.flatMap((spans, row) => spans.flatMap((span) => drawSpan(span, row))),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawSpan({ text, column, style }: Span, row: number): string[] {
  const shown = text.trimEnd();
  const start = shown.length - shown.trimStart().length;
  const words = shown.trimStart();
  if (words === '') return [];
  const attributes = [
    `x="${position(padding + (column + start) * columnWidth)}"`,
    `y="${barHeight + (row + 1) * lineHeight - 5}"`,
    `textLength="${position([...words].length * columnWidth)}"`,
    ...(style.color === undefined ? [] : [`fill="${style.color}"`]),
    ...(style.isBold ? ['font-weight="bold"'] : []),
    ...(style.isDim ? ['opacity="0.65"'] : []),
    ...(style.isItalic ? ['font-style="italic"'] : []),
  ];
  return [`<text xml:space="preserve" ${attributes.join(' ')}>${escapeXml(words)}</text>`];
}

function widthOf(spans: readonly Span[]): number {
  const last = spans.at(-1);
  return last === undefined ? 0 : last.column + [...last.text.trimEnd()].length;
}

function position(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

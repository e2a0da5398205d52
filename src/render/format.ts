// Words for numbers, states and progress, the same in every view.

import { formatCount, formatDuration, formatSize, type Json } from '../base/index.ts';
import type { LiveEvent, Measure } from '../journal/event.ts';

type Progress = Omit<Extract<LiveEvent, { type: 'progress' }>, 'type' | 'step'>;

/** `12,000 of 40,000 pages (30%)`; empty when nothing is known. */
export function formatProgress({ message, done, total, unit }: Progress): string {
  const parts = message === undefined ? [] : [message];
  if (done !== undefined) {
    const show = (value: number) => (unit === 'bytes' ? formatSize(value) : value.toLocaleString('en-US'));
    const noun = unit === undefined || unit === 'bytes' ? '' : ` ${unit}`;
    parts.push(
      total === undefined || total <= 0
        ? `${show(done)}${noun}`
        : `${show(done)} of ${show(total)}${noun} (${Math.min(100, Math.floor((done / total) * 100))}%)`,
    );
  }
  return parts.join(', ');
}

/** The value of a param for people; a path below `folder` is shown relative to it. */
export function formatParam(value: Json, folder?: string): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/^\d+ms$/.test(value)) return formatDuration(Number.parseInt(value, 10));
  return folder !== undefined && value.startsWith(`${folder}/`)
    ? `./${value.slice(folder.length + 1)}`
    : value;
}

/** A measure's value with its unit: `1,203 rows`, `4.2 MB`. */
export function formatMeasure({ value, unit }: Measure): string {
  switch (unit) {
    case 'rows':
      return formatCount(value, 'row');
    case 'bytes':
      return formatSize(value);
    case 'ms':
      return formatDuration(value);
    case 'share':
      return `${(value * 100).toFixed(1)}%`;
    case 'count':
      return value.toLocaleString('en-US');
  }
}

/** What a step did, in a few words: `patterns: 1,203 rows deleted · size: 12 MB → 9.3 MB`. */
export function formatMeasures(measures: readonly Measure[]): string[] {
  const facts: string[] = [];
  for (const measure of measures) {
    const { name, subject, value } = measure;
    const base = baseOf(name, 'before');
    if (base !== undefined) {
      const after = measures.find((each) => each.subject === subject && baseOf(each.name, 'after') === base);
      if (after !== undefined) {
        const change =
          after.value === value
            ? `${formatMeasure(measure)}, unchanged`
            : `${formatMeasure(measure)} → ${formatMeasure(after)}`;
        facts.push(`${subject ?? words(base || 'size')}: ${change}`);
        continue;
      }
    }
    const pair = baseOf(name, 'after');
    const isPaired =
      pair !== undefined &&
      measures.some((each) => each.subject === subject && baseOf(each.name, 'before') === pair);
    if (isPaired || isNothing(measure)) continue;
    const word = words(name);
    facts.push(
      measure.unit === 'rows'
        ? `${subject === undefined ? '' : `${subject}: `}${formatMeasure(measure)}${word === 'rows' ? '' : ` ${word}`}`
        : `${subject === undefined ? '' : `${subject} `}${word}: ${formatMeasure(measure)}`,
    );
  }
  return facts;
}

/** `sizeBefore`, `size before` → `size`. */
function baseOf(name: string, end: 'before' | 'after'): string | undefined {
  return new RegExp(`^(.*?)(?:Bytes)? ?${end}$`, 'i').exec(name)?.[1];
}

/** A count of nothing, or nothing given back, is no news; no rows deleted is. */
function isNothing({ value, unit }: Measure): boolean {
  return value === 0 && (unit === 'count' || unit === 'bytes');
}

/** `freedBytes` → `freed`, `tableRows` → `table rows`. */
function words(name: string): string {
  const short = name.replace(/Bytes$|Ms$/, '') || name;
  return short.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

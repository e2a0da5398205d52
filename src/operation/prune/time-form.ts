// In which form a value keeps time, as far as the value shows it.

import type { SqlValue } from '../../target/index.ts';

/** `number` and `text`: of that kind, and no time that we know. */
export type TimeForm =
  | 'seconds'
  | 'millis'
  | 'julian'
  | 'number'
  | 'sql'
  | 'iso'
  | 'date'
  | 'digits'
  | 'text'
  | 'blob'
  | 'null';

export type StorageKind = 'null' | 'number' | 'text' | 'blob';

export function timeFormOf(value: SqlValue): TimeForm {
  if (value === null) return 'null';
  if (typeof value === 'number') return numberForm(Math.abs(value));
  if (typeof value !== 'string') return 'blob';
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d/.test(value)) return 'sql';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return 'iso';
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'date';
  return /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? 'digits' : 'text';
}

/** 1e8 seconds is 1973 and 1e11 the year 5138; as milliseconds those are 1973 and 5138 too, three digits later. */
function numberForm(value: number): TimeForm {
  if (value >= 1e8 && value < 1e11) return 'seconds';
  if (value >= 1e11 && value < 1e14) return 'millis';
  return value >= 2.4e6 && value < 2.5e6 && !Number.isInteger(value) ? 'julian' : 'number';
}

export function kindOf(form: TimeForm): StorageKind {
  if (form === 'null' || form === 'blob') return form;
  return form === 'sql' || form === 'iso' || form === 'date' || form === 'digits' || form === 'text'
    ? 'text'
    : 'number';
}

/** True when both order alike: a date is a prefix of the same date with a time. */
export function orderAlike(a: TimeForm, b: TimeForm): boolean {
  if (kindOf(a) !== kindOf(b)) return false;
  const times = ['seconds', 'millis', 'julian', 'sql', 'iso'];
  return a === b || !times.includes(a) || !times.includes(b);
}

const words: Readonly<Record<TimeForm, string>> = {
  seconds: 'Unix seconds',
  millis: 'Unix milliseconds',
  julian: 'Julian days',
  number: 'numbers',
  sql: 'text like `YYYY-MM-DD HH:MM:SS`',
  iso: 'text like `YYYY-MM-DDTHH:MM:SSZ`',
  date: 'text like `YYYY-MM-DD`',
  digits: 'digits in text',
  text: 'text',
  blob: 'bytes',
  null: 'NULL',
};

export function describeForm(form: TimeForm): string {
  return words[form];
}

/** The function of expressions that gives an instant in this form. */
export function functionFor(form: TimeForm): string | undefined {
  const functions: Partial<Record<TimeForm, string>> = {
    seconds: 'unixSeconds(t)',
    millis: 'unixMillis(t)',
    sql: 'sqlTime(t)',
    iso: 'iso(t)',
    date: 'format(t, "%Y-%m-%d", "UTC")',
  };
  return functions[form];
}

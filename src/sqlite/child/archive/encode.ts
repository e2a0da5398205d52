// Rows to text in one of three formats, so that `decode.ts` gives back the same values: integers of 64 bits, reals to
// their last bit, text with any character, bytes.

import { quoteName } from '../../statements.ts';
import { type ArchivedTable, type ArchiveFormat, type ExactValue, namesOf } from './layout.ts';

type Row = readonly ExactValue[];

export interface Encoder {
  /** What stands before the first row of a file. */
  readonly head: string;
  row(values: Row): string;
}

export function createEncoder(format: ArchiveFormat, table: ArchivedTable): Encoder {
  const names = namesOf(table);
  if (format === 'jsonl') {
    const keys = names.map((name) => `${JSON.stringify(name)}:`);
    return {
      head: '',
      row: (values) => `{${values.map((value, i) => `${keys[i]}${toJson(value)}`).join(',')}}\n`,
    };
  }
  if (format === 'csv') {
    return {
      head: `${names.map(quoteText).join(',')}\n`,
      row: (values) => `${values.map(toCsv).join(',')}\n`,
    };
  }
  // Loading twice is harmless, also with another program.
  const start = `INSERT OR IGNORE INTO ${quoteName(table.table)} (${names.map(quoteName).join(', ')}) VALUES (`;
  return { head: '', row: (values) => `${start}${values.map(toSql).join(', ')});\n` };
}

/** Whole reals carry a mark, for JSON knows only one kind of number. */
function toJson(value: ExactValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return isSafe(value) ? value.toString() : `{"$int":"${value}"}`;
  if (typeof value === 'number')
    return Number.isInteger(value) || !Number.isFinite(value) ? `{"$real":"${real(value)}"}` : real(value);
  if (value instanceof Uint8Array) return `{"$blob":"${Buffer.from(value).toString('base64')}"}`;
  return `{"$text":"${Buffer.from(value.textBytes).toString('base64')}"}`;
}

/** Text is always in quotes; NULL is nothing at all. */
function toCsv(value: ExactValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return real(value);
  if (value instanceof Uint8Array) return `x'${hex(value)}'`;
  return `t'${hex(value.textBytes)}'`;
}

function toSql(value: ExactValue): string {
  if (value === null) return 'NULL';
  // SQLite would end a text at its first NUL.
  if (typeof value === 'string')
    return value.includes('\0')
      ? `CAST(X'${hex(Buffer.from(value))}' AS TEXT)`
      : `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return real(value);
    return value > 0 ? '9e999' : '-9e999';
  }
  if (value instanceof Uint8Array) return `X'${hex(value)}'`;
  return `CAST(X'${hex(value.textBytes)}' AS TEXT)`;
}

/** The shortest text that gives the same double, recognisable as a real. */
function real(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

function quoteText(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

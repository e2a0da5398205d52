// Text of an archive to rows, for the three formats that `encode.ts` writes. Reads nothing else: an archive in SQL is
// never run as SQL.

import { type ArchivedTable, type ArchiveFormat, type ExactValue, namesOf } from './layout.ts';

/** Thrown for text that no archive of this version holds. */
export class NotAnArchiveRow extends Error {}

/** The rows of one part of a file; `isFirst`: the part begins where the file begins. */
export function decodeRows(
  format: ArchiveFormat,
  table: ArchivedTable,
  text: string,
  isFirst: boolean,
): ExactValue[][] {
  const names = namesOf(table);
  const rows = format === 'jsonl' ? jsonRows(text, names) : scanRows(text, format === 'csv' ? csv : sql);
  if (format === 'csv' && isFirst && !isHead(rows.shift(), names))
    throw new NotAnArchiveRow('its first line names other columns');
  for (const row of rows)
    if (row.length !== names.length) throw new NotAnArchiveRow('a row has other columns');
  return rows;
}

function isHead(row: readonly ExactValue[] | undefined, names: readonly string[]): boolean {
  return row?.length === names.length && row.every((value, i) => value === names[i]);
}

function jsonRows(text: string, names: readonly string[]): ExactValue[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row: unknown = parseJson(line);
      if (typeof row !== 'object' || row === null) throw new NotAnArchiveRow('a line is not an object');
      return names.map((name) => {
        if (!Object.hasOwn(row, name)) throw new NotAnArchiveRow(`a row has no \`${name}\``);
        return fromJson((row as Record<string, unknown>)[name]);
      });
    });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new NotAnArchiveRow('a line is not JSON', { cause: error });
  }
}

function fromJson(value: unknown): ExactValue {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  const [mark, text] = Object.entries(value ?? {})[0] ?? [];
  if (typeof text === 'string') {
    if (mark === '$int') return BigInt(text);
    if (mark === '$real') return Number(text);
    if (mark === '$blob') return bytes(text, 'base64');
    if (mark === '$text') return { textBytes: bytes(text, 'base64') };
  }
  throw new NotAnArchiveRow('a value has an unknown mark');
}

interface Grammar {
  /** Matches one value, or what stands between rows; sticky. */
  readonly token: RegExp;
  readonly value: (token: RegExpExecArray) => ExactValue | undefined;
}

const number = '(?<integer>-?\\d+(?![\\d.eE]))|(?<real>-?(?:\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|Infinity))';
const csv: Grammar = {
  token: new RegExp(
    `(?:"(?<text>(?:[^"]|"")*)"|x'(?<blob>[0-9a-f]*)'|t'(?<raw>[0-9a-f]*)'|${number}|(?<none>))(?<end>[,\\n])`,
    'y',
  ),
  value: ({ groups }) => groups?.text?.replaceAll('""', '"'),
};
const sql: Grammar = {
  token: new RegExp(
    `(?<start>INSERT OR IGNORE INTO "(?:[^"]|"")*" \\((?:"(?:[^"]|"")*"(?:, )?)*\\) VALUES \\()?` +
      `(?:CAST\\(X'(?<raw>[0-9a-f]*)' AS TEXT\\)|X'(?<blob>[0-9a-f]*)'|'(?<text>(?:[^']|'')*)'|(?<none>NULL)|${number})(?<end>, |\\);\\n)`,
    'y',
  ),
  value: ({ groups }) => groups?.text?.replaceAll("''", "'"),
};

function scanRows(text: string, { token, value }: Grammar): ExactValue[][] {
  const rows: ExactValue[][] = [];
  let row: ExactValue[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new NotAnArchiveRow(`unexpected text at character ${at}`);
    row.push(value(found) ?? fromGroups(found.groups ?? {}));
    if (!found.groups?.end?.endsWith('\n')) continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) throw new NotAnArchiveRow('the last row is not whole');
  return rows;
}

function fromGroups(groups: Readonly<Record<string, string | undefined>>): ExactValue {
  if (groups.integer !== undefined) return BigInt(groups.integer);
  if (groups.real !== undefined) return Number(groups.real);
  if (groups.blob !== undefined) return bytes(groups.blob, 'hex');
  if (groups.raw === undefined) return null;
  const raw = bytes(groups.raw, 'hex');
  const text = Buffer.from(raw).toString('utf8');
  // Text with a NUL is written as bytes too, and is no less text.
  return Buffer.from(text, 'utf8').equals(raw) ? text : { textBytes: raw };
}

function bytes(text: string, encoding: 'hex' | 'base64'): Uint8Array {
  return new Uint8Array(Buffer.from(text, encoding));
}

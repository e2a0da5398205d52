// Values as SQLite's changesets write them: a type byte, then the payload. They are kept in that form, one character
// for one byte, so that equal means equal to the last bit, and a key is the values joined.

import type { SqlValue } from '../../../target/schema.ts';

/** One encoded value; `absent` where an UPDATE says nothing of a column. */
export type Encoded = string;
/** One encoded value for each column that is not generated. */
export type EncodedRow = readonly Encoded[];

export const absent: Encoded = '\0';
const nothing: Encoded = '\x05';
const [integer, real, text, blob] = [1, 2, 3, 4];
const scratch = Buffer.alloc(9);

/** What node:sqlite reads with `readBigInts`; text comes as its bytes when `isText`. */
export function encodeValue(value: unknown, isText: boolean): Encoded {
  if (value === null) return nothing;
  if (typeof value === 'bigint') {
    scratch[0] = integer;
    scratch.writeBigInt64BE(value, 1);
    return scratch.toString('latin1', 0, 9);
  }
  if (typeof value === 'number') {
    scratch[0] = real;
    scratch.writeDoubleBE(value, 1);
    return scratch.toString('latin1', 0, 9);
  }
  const bytes =
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(String(value), 'utf8');
  return String.fromCharCode(isText ? text : blob) + encodeVarint(bytes.length) + bytes.toString('latin1');
}

export interface Decoded {
  readonly isText: boolean;
  /** Text and blobs as bytes. */
  readonly value: null | bigint | number | Uint8Array;
}

export function decodeValue(encoded: Encoded): Decoded {
  const bytes = Buffer.from(encoded, 'latin1');
  switch (bytes[0]) {
    case integer:
      return { isText: false, value: bytes.readBigInt64BE(1) };
    case real:
      return { isText: false, value: bytes.readDoubleBE(1) };
    case text:
    case blob:
      return { isText: bytes[0] === text, value: bytes.subarray(readVarint(bytes, 1).end) };
    default:
      return { isText: false, value: null };
  }
}

/** For the eyes of a person: an integer beyond 2^53 as its digits. */
export function showValue(encoded: Encoded): SqlValue {
  const { isText, value } = decodeValue(encoded);
  if (value instanceof Uint8Array) return isText ? Buffer.from(value).toString('utf8') : value;
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** Where the value that begins at `start` ends; undefined when its bytes are not those of a value. */
export function endOfValue(bytes: Uint8Array, start: number): number | undefined {
  switch (bytes[start]) {
    case 0:
    case 5:
      return start + 1;
    case integer:
    case real:
      return start + 9;
    case text:
    case blob: {
      const length = readVarint(bytes, start + 1);
      return length.end + length.value;
    }
    default:
      return undefined;
  }
}

/** SQLite's varint: seven bits a byte, most significant first. Lengths here are below 2^31, five bytes at most. */
export function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = start; i < start + 9; i++) {
    const byte = bytes[i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: i + 1 };
  }
  return { value: Number.MAX_SAFE_INTEGER, end: start + 9 };
}

export function encodeVarint(value: number): string {
  let out = String.fromCharCode(value & 0x7f);
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    out = String.fromCharCode((rest & 0x7f) | 0x80) + out;
  return out;
}

// Values to bytes for the content hash: a type tag, then for text and blobs a length, then the bytes. Collects rows in one
// buffer, so that sha256 is called once for some thousand values.

import type { Hash } from 'node:crypto';

const tags = { null: 0, integer: 1, real: 2, text: 3, blob: 4, end: 5 } as const;
const bufferBytes = 256 * 1024;
/** Longer values go to the hash directly. */
const directBytes = 64 * 1024;
/** Tag and length, or tag and number. */
const headBytes = 9;

/** Thrown for text that may have lost bytes on its way into a JavaScript string: it is read again as bytes. */
export const ambiguousText: unique symbol = Symbol('ambiguous text');

export interface RowEncoder {
  readonly digest: Hash;
  /** `bytes`: each value comes as a pair, its type's name and the value with text as a blob. */
  row(values: readonly unknown[], reading?: 'values' | 'bytes'): void;
  /** Closes a list of rows: no row starts with its tag, so that two lists never run into each other. */
  end(count: number): void;
  flush(): void;
  /** The bytes collected since the last `take`; only without a digest. */
  take(): Uint8Array;
}

/** Without a digest the encoder keeps all it is given until `take`. */
export function createRowEncoder(digest: undefined): Omit<RowEncoder, 'digest' | 'flush'>;
export function createRowEncoder(digest: Hash): RowEncoder;
export function createRowEncoder(digest: Hash | undefined): Partial<RowEncoder> {
  let buffer = Buffer.allocUnsafeSlow(digest ? bufferBytes : 4096);
  let view = new DataView(buffer.buffer);
  let used = 0;

  function flush(): void {
    if (used > 0) digest?.update(buffer.subarray(0, used));
    used = 0;
  }

  function need(bytes: number): void {
    if (used + bytes <= buffer.length) return;
    if (digest) {
      flush();
      return;
    }
    const grown = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, used + bytes));
    buffer.copy(grown, 0, 0, used);
    buffer = grown;
    view = new DataView(buffer.buffer);
  }

  function head(tag: number, length: number): void {
    need(headBytes);
    buffer[used] = tag;
    view.setFloat64(used + 1, length);
    used += headBytes;
  }

  function bytes(tag: number, value: Uint8Array): void {
    head(tag, value.length);
    if (digest && value.length > directBytes) {
      flush();
      digest.update(value);
      return;
    }
    need(value.length);
    buffer.set(value, used);
    used += value.length;
  }

  function text(value: string): void {
    // SQLite's bytes that are no UTF-8 arrive as U+FFFD; so does a real U+FFFD, which is rare.
    if (value.includes('\ufffd')) throw ambiguousText;
    if (value.length * 3 > directBytes) {
      bytes(tags.text, Buffer.from(value, 'utf8'));
      return;
    }
    need(headBytes + value.length * 3);
    const written = buffer.write(value, used + headBytes, 'utf8');
    buffer[used] = tags.text;
    view.setFloat64(used + 1, written);
    used += headBytes + written;
  }

  function value(item: unknown): void {
    if (typeof item === 'string') {
      text(item);
    } else if (typeof item === 'bigint') {
      need(headBytes);
      buffer[used] = tags.integer;
      view.setBigInt64(used + 1, item);
      used += headBytes;
    } else if (typeof item === 'number') {
      need(headBytes);
      buffer[used] = tags.real;
      view.setFloat64(used + 1, item);
      used += headBytes;
    } else if (item === null) {
      need(1);
      buffer[used++] = tags.null;
    } else {
      bytes(tags.blob, item as Uint8Array);
    }
  }

  return {
    ...(digest ? { digest } : {}),
    flush,
    end: (count) => head(tags.end, count),
    row(values, reading = 'values') {
      if (reading === 'values') {
        for (const item of values) value(item);
        return;
      }
      for (let i = 0; i < values.length; i += 2) {
        if (values[i] === 'text') bytes(tags.text, values[i + 1] as Uint8Array);
        else value(values[i + 1]);
      }
    },
    take() {
      const taken = buffer.subarray(0, used);
      used = 0;
      return taken;
    },
  };
}

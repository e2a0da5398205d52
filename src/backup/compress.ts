// Files through zstd and sha256 in one pass, in bounded memory. Only for private copies and artifacts.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read of the source so far. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

export interface StreamedFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface Streamed {
  readonly source: StreamedFile;
  readonly result: StreamedFile;
}

const pieceBytes = 128 * 1024;

/** Writes `to` (must not exist; mode 0600), fsynced. Leaves a partial file behind when it fails. */
export function compressFile(from: string, to: string, options: StreamOptions = {}): Promise<Streamed> {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = constants;
  const params = { [ZSTD_c_compressionLevel]: 3, [ZSTD_c_checksumFlag]: 1 };
  return through(
    createZstdCompress({ params, chunkSize: pieceBytes }),
    from,
    to,
    Number.POSITIVE_INFINITY,
    options,
  );
}

/** As `compressFile`, the other way; stops with an error once the result is longer than `maxBytes`. */
export function decompressFile(
  from: string,
  to: string,
  maxBytes: number,
  options: StreamOptions = {},
): Promise<Streamed> {
  return through(createZstdDecompress({ chunkSize: pieceBytes }), from, to, maxBytes, options);
}

async function through(
  zstd: Transform,
  from: string,
  to: string,
  maxBytes: number,
  options: StreamOptions,
): Promise<Streamed> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx', 0o600);
  const work = [feed(zstd, source, options), drain(zstd, target, maxBytes)] as const;
  for (const part of work) part.catch((error: unknown) => zstd.destroy(error as Error));
  const settled = await Promise.allSettled(work);
  // The first to fail destroyed the stream with its error, so all that failed carry it.
  for (const part of settled) if (part.status === 'rejected') throw part.reason;
  const [fed, drained] = await Promise.all(work);
  await target.sync();
  return { source: fed, result: drained };
}

/** Reads and hashes one piece while zstd works on the one before: a buffer is free once its write has called back. */
async function feed(zstd: Transform, source: FileHandle, options: StreamOptions): Promise<StreamedFile> {
  const hash = createHash('sha256');
  const total = (await source.stat()).size;
  const buffers = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let sizeBytes = 0;
  let written: Promise<void> = Promise.resolve();
  for (let turn = 0; ; turn++) {
    options.signal?.throwIfAborted();
    const buffer = buffers[turn % 2] ?? Buffer.alloc(0);
    const { bytesRead } = await source.read(buffer, 0, pieceBytes, sizeBytes);
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await written;
    if (bytesRead === 0) break;
    sizeBytes += bytesRead;
    written = write(zstd, piece);
    written.catch(() => undefined);
    options.onBytes?.(sizeBytes, total);
  }
  zstd.end();
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function drain(zstd: Transform, target: FileHandle, maxBytes: number): Promise<StreamedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of zstd as AsyncIterable<Buffer>) {
    if (sizeBytes + piece.length > maxBytes) throw new Error(`it unpacks to more than ${maxBytes} bytes`);
    hash.update(piece);
    for (let from = 0; from < piece.length; ) {
      const { bytesWritten } = await target.write(piece, from, piece.length - from, sizeBytes + from);
      from += bytesWritten;
    }
    sizeBytes += piece.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Damaged input makes zlib close the stream without calling the write back: that must end the wait too. */
function write(zstd: Transform, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(zstd.errored ?? new Error('the stream ended before its input'));
    zstd.once('close', onClose);
    zstd.write(piece, (error) => {
      zstd.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

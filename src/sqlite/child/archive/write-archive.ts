// Writes an archive chunk by chunk. A chunk is durable and counted when `endChunk` returns, which is before its rows may
// be deleted for good. Never removes a byte that might be the only copy of a row.

import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../../diagnostic/index.ts';
import { createEncoder, type Encoder } from './encode.ts';
import { damaged, hashFile, replaceFile, syncFolder, writeWhole, writing } from './files.ts';
import {
  type ArchivedChunk,
  type ArchivedPart,
  type ArchivedTable,
  type ArchiveHeader,
  type ArchiveManifest,
  type ExactValue,
  headerName,
  indexName,
  manifestName,
} from './layout.ts';
import { readHeader, readIndex } from './read-archive.ts';

export interface ArchiveWriter {
  readonly folder: string;
  readonly header: ArchiveHeader;
  /** The last durable chunk: after a crash the only one whose rows may not be deleted. */
  readonly last: ArchivedChunk | undefined;
  /** All rows of one table in this chunk; gives how many were written. */
  write(table: ArchivedTable, rows: Iterable<readonly ExactValue[]>): number;
  endChunk(): void;
  /** Takes back what was written since `endChunk`. */
  discard(): void;
  /** Takes out the last chunk. Only for one whose rows are proven to be in the database. */
  dropLast(): void;
  /** Manifest last. */
  finish(changed: Readonly<Record<string, number>>, finishedAt: Date): ArchiveManifest;
  close(): void;
}

interface File {
  readonly descriptor: number;
  readonly encoder: Encoder;
  size: number;
}

const bufferChars = 2 ** 20;

/**
 * Opens the folder for a new archive, or goes on with one that the same run left unfinished.
 *
 * Fails with `action/archive-in-use` when the folder holds something else, `action/unwritable-file` when it cannot be made.
 */
export function openArchive(folder: string, header: ArchiveHeader): ArchiveWriter {
  return writing(folder, () => open(folder, header));
}

function open(folder: string, header: ArchiveHeader): ArchiveWriter {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isOld = existsSync(join(folder, headerName));
  if (isOld) assertSame(folder, readHeader(folder), header);
  else if (readdirSync(folder).some((name) => !name.endsWith('.part')))
    throw inUse(folder, 'it holds other files');
  // Order: without a manifest first, so that an archive that grows is never taken for a finished one.
  rmSync(join(folder, manifestName), { force: true });
  const chunks = isOld ? readIndex(folder, false) : [];
  if (!isOld) replaceFile(join(folder, headerName), `${JSON.stringify(header, undefined, 2)}\n`);
  syncFolder(dirname(folder));
  // Crash: what lies behind the last durable line of the index was never committed.
  const text = chunks.map(lineOf).join('');
  const index = openSync(join(folder, indexName), 'a+', 0o600);
  ftruncateSync(index, Buffer.byteLength(text));
  fsyncSync(index);
  syncFolder(folder);
  return createWriter(folder, header, chunks, index);
}

function createWriter(
  folder: string,
  header: ArchiveHeader,
  chunks: ArchivedChunk[],
  index: number,
): ArchiveWriter {
  const files = new Map<string, File>();
  let parts: Record<string, ArchivedPart> = {};

  const sizeOf = (name: string): number =>
    chunks.findLast((chunk) => name in chunk.files)?.files[name]?.to ?? 0;
  const fileOf = (table: ArchivedTable): File => {
    const known = files.get(table.file);
    if (known !== undefined) return known;
    const path = join(folder, table.file);
    const isNew = !existsSync(path);
    const descriptor = openSync(path, 'a+', 0o600);
    const size = sizeOf(table.file);
    ftruncateSync(descriptor, size);
    if (isNew) syncFolder(folder);
    const file = { descriptor, encoder: createEncoder(header.format, table), size };
    files.set(table.file, file);
    return file;
  };
  // Order: the index first, so that it never names what is no longer there.
  const cutBack = (): void => {
    ftruncateSync(index, Buffer.byteLength(chunks.map(lineOf).join('')));
    fsyncSync(index);
    for (const table of header.tables) if (existsSync(join(folder, table.file))) fileOf(table);
    for (const [name, file] of files) {
      file.size = sizeOf(name);
      ftruncateSync(file.descriptor, file.size);
    }
    parts = {};
  };

  return {
    folder,
    header,
    get last() {
      return chunks.at(-1);
    },
    write: (table, rows) =>
      writing(folder, () => {
        const file = fileOf(table);
        const from = file.size;
        const hash = createHash('sha256');
        const count = writeRows(file, rows, hash);
        if (count > 0) parts[table.file] = { from, to: file.size, rows: count, sha256: hash.digest('hex') };
        else file.size = from;
        return count;
      }),
    endChunk: () =>
      writing(folder, () => {
        for (const name of Object.keys(parts)) fsyncSync(files.get(name)?.descriptor ?? -1);
        const chunk = { chunk: chunks.length + 1, files: parts };
        writeWhole(index, Buffer.from(lineOf(chunk)));
        fsyncSync(index);
        chunks.push(chunk);
        parts = {};
      }),
    discard: () => writing(folder, cutBack),
    dropLast: () =>
      writing(folder, () => {
        chunks.pop();
        cutBack();
      }),
    finish: (changed, finishedAt) =>
      writing(folder, () => {
        const counts: Record<string, number> = {};
        const sha256: Record<string, string> = {};
        for (const table of header.tables) {
          // Crash: a file that only a lost chunk had written still has that chunk at its end.
          if (existsSync(join(folder, table.file))) fileOf(table);
          const own = chunks.flatMap((chunk) => chunk.files[table.file] ?? []);
          counts[table.table] = own.reduce((sum, part) => sum + part.rows, 0);
          if (own.length === 0) continue;
          sha256[table.file] = hashFile(join(folder, table.file));
        }
        const manifest: ArchiveManifest = {
          ...header,
          chunks: chunks.length,
          counts,
          changed,
          sha256,
          finishedAt: finishedAt.toISOString(),
        };
        replaceFile(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
        return manifest;
      }),
    close: () => {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      closeSync(index);
      files.clear();
    },
  };
}

function writeRows(file: File, rows: Iterable<readonly ExactValue[]>, hash: Hash): number {
  let [text, count] = ['', 0];
  const flush = (): void => {
    const bytes = Buffer.from(text, 'utf8');
    writeWhole(file.descriptor, bytes);
    hash.update(bytes);
    file.size += bytes.length;
    text = '';
  };
  for (const row of rows) {
    if (count === 0 && file.size === 0) text = file.encoder.head;
    text += file.encoder.row(row);
    count++;
    if (text.length > bufferChars) flush();
  }
  if (text !== '') flush();
  return count;
}

function lineOf(chunk: ArchivedChunk): string {
  return `${JSON.stringify(chunk)}\n`;
}

function assertSame(folder: string, found: ArchiveHeader, wanted: ArchiveHeader): void {
  if (found.run !== wanted.run || found.step !== wanted.step)
    throw inUse(folder, `it holds the archive of step \`${found.step}\` of ${found.run}`);
  if (JSON.stringify(found.tables) !== JSON.stringify(wanted.tables) || found.format !== wanted.format)
    throw damaged(join(folder, headerName), 'the tables have other columns now');
}

function inUse(folder: string, why: string): Failure {
  return new Failure('action/archive-in-use', `\`${folder}\` cannot take the archive: ${why}`, {
    state: 'nothing was deleted',
    fix: 'give each step that archives a folder of its own, such as `./archives/${{ run.id }}/sessions`',
  });
}

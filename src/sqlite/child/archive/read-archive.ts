// An archive as it lies in its folder: header, durable chunks, rows. Proves by sha256 before it gives a row.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../../diagnostic/index.ts';
import { decodeRows, NotAnArchiveRow } from './decode.ts';
import { damaged, hashBytes, hashFile, readPart, readText } from './files.ts';
import {
  type ArchivedChunk,
  type ArchivedTable,
  type ArchiveHeader,
  type ArchiveManifest,
  archiveVersion,
  type ExactValue,
  headerName,
  indexName,
  manifestName,
} from './layout.ts';

export interface Archive {
  readonly folder: string;
  readonly header: ArchiveHeader;
  /** Absent: the run that wrote it was interrupted. */
  readonly manifest: ArchiveManifest | undefined;
  readonly chunks: readonly ArchivedChunk[];
}

/** Fails with `action/unreadable-file` or `action/archive-damaged`. */
export function readArchive(folder: string): Archive {
  const header = readHeader(folder);
  const manifestPath = join(folder, manifestName);
  const manifest = existsSync(manifestPath) ? (parse(manifestPath) as ArchiveManifest) : undefined;
  const chunks = readIndex(folder, manifest !== undefined);
  if (manifest !== undefined && manifest.chunks !== chunks.length)
    throw damaged(join(folder, indexName), `it names ${chunks.length} of ${manifest.chunks} chunks`);
  return { folder, header, manifest, chunks };
}

export function readHeader(folder: string): ArchiveHeader {
  const path = join(folder, headerName);
  if (!existsSync(path))
    throw new Failure(
      'action/unreadable-file',
      `\`${folder}\` is not an archive: it has no \`${headerName}\``,
      {
        state: 'nothing was changed',
        fix: 'name the folder that `sqlite.prune` or `sqlite.export` wrote',
      },
    );
  const header = parse(path) as Partial<ArchiveHeader>;
  if (header.belayArchive !== archiveVersion || !Array.isArray(header.tables))
    throw damaged(path, `expected version ${archiveVersion}, found ${JSON.stringify(header.belayArchive)}`);
  return header as ArchiveHeader;
}

/**
 * Crash: a last line that is not whole belongs to a chunk that was never committed; in an archive without manifest it
 * is passed over.
 */
export function readIndex(folder: string, isFinished: boolean): ArchivedChunk[] {
  const path = join(folder, indexName);
  if (!existsSync(path)) {
    if (isFinished) throw damaged(path, 'it is missing');
    return [];
  }
  const lines = readText(path).split('\n');
  const torn = lines.pop();
  if (isFinished && torn !== '') throw damaged(path, 'its last line is not whole');
  return lines.map((line, i) => {
    try {
      const chunk = JSON.parse(line) as ArchivedChunk;
      if (chunk.chunk === i + 1) return chunk;
    } catch {
      // Said below.
    }
    throw damaged(path, `line ${i + 1} is not a chunk`);
  });
}

/** Every file whole against the manifest, or every chunk against the index when there is none. */
export function verifyArchive(archive: Archive): void {
  const { folder, header, manifest, chunks } = archive;
  for (const table of header.tables) {
    const path = join(folder, table.file);
    const parts = chunks.flatMap((chunk) => chunk.files[table.file] ?? []);
    const end = parts.at(-1)?.to ?? 0;
    if (end > 0 && !existsSync(path)) throw damaged(path, 'it is missing');
    if (manifest === undefined) continue;
    const expected = manifest.sha256[table.file];
    if (expected === undefined && parts.length === 0) continue;
    if (statSync(path).size !== end || hashFile(path) !== expected)
      throw damaged(path, 'its sha256 is not that of the manifest');
  }
}

/** The rows of one table in one chunk, in memory. */
export function readRows(
  archive: Pick<Archive, 'folder' | 'header'>,
  table: ArchivedTable,
  chunk: ArchivedChunk,
): ExactValue[][] {
  const part = chunk.files[table.file];
  if (part === undefined) return [];
  const path = join(archive.folder, table.file);
  const bytes = readPart(path, part.from, part.to);
  if (hashBytes(bytes) !== part.sha256) throw damaged(path, `chunk ${chunk.chunk} has another sha256`);
  try {
    const rows = decodeRows(archive.header.format, table, bytes.toString('utf8'), part.from === 0);
    if (rows.length === part.rows) return rows;
    throw damaged(path, `chunk ${chunk.chunk} holds ${rows.length} of ${part.rows} rows`);
  } catch (error) {
    if (error instanceof NotAnArchiveRow) throw damaged(path, `chunk ${chunk.chunk}: ${error.message}`);
    throw error;
  }
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch {
    throw damaged(path, 'it is not JSON');
  }
}

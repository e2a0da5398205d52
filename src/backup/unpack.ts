// A backup's content as a private copy, proven to be what the manifest says. The one way from an artifact to a database:
// verify, find and restore all go through it.

import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { CopyContent, ReadSession, TargetDriver, TargetProgress } from '../target/index.ts';
import { decompressFile, type Streamed } from './compress.ts';
import { usableManifest } from './list.ts';
import type { Manifest } from './manifest.ts';
import type { FoundBackup } from './read-backup.ts';

/** What reading a copy needs. */
export interface CopyReader {
  readonly driver: TargetDriver;
  /** Its child reads the copy too; without one a child is started for it. */
  readonly session?: ReadSession | undefined;
  /** Private to the caller, and removed by it. */
  readonly scratchFolder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TargetProgress) => void) | undefined;
}

export interface Unpacked {
  readonly path: string;
  /** Empty: the artifact holds what the manifest says. */
  readonly problems: readonly string[];
}

/**
 * Unpacks into the scratch folder and proves: sha256 of the artifact and of the unpacked file, that it opens, the check,
 * the facts, the row counts and the content hash. The caller removes `path`, whatever the problems are.
 *
 * Fails with `backup/damaged` or `backup/newer-format` when a listing already knows better, `store/no-room` for the scratch.
 */
export async function unpackBackup(
  found: FoundBackup,
  level: 'quick' | 'integrity',
  reader: CopyReader,
): Promise<Unpacked> {
  const manifest = usableManifest(found);
  const path = join(reader.scratchFolder, `${manifest.id}.sqlite`);
  await requireFolderRoom(reader.scratchFolder, manifest.database.sizeBytes, 'unpacking the backup');
  try {
    const bytes = await unpackBytes(found, manifest, path, reader);
    const problems = bytes.length > 0 ? bytes : await contentProblems(manifest, path, level, reader);
    return { path, problems };
  } catch (error) {
    await removeCopy(path);
    throw error;
  }
}

async function unpackBytes(
  found: FoundBackup,
  manifest: Manifest,
  path: string,
  reader: CopyReader,
): Promise<string[]> {
  const { artifact, database } = manifest;
  const from = await found.store.localPath(found.group, manifest.id, artifact.file);
  let streamed: Streamed;
  try {
    streamed = await decompressFile(from, path, database.sizeBytes, {
      signal: reader.signal,
      onBytes: (done, total) => reader.onProgress?.({ message: 'unpack', done, total, unit: 'bytes' }),
    });
  } catch (error) {
    reader.signal?.throwIfAborted();
    const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
      throw noRoom(reader.scratchFolder, database.sizeBytes, 'unpacking the backup', error);
    return [`its artifact cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`];
  }
  const problems: string[] = [];
  if (streamed.source.sha256 !== artifact.sha256)
    problems.push(`sha256 of \`${artifact.file}\` is ${streamed.source.sha256}, expected ${artifact.sha256}`);
  if (streamed.result.sizeBytes !== database.sizeBytes)
    problems.push(`it unpacks to ${streamed.result.sizeBytes} bytes, expected ${database.sizeBytes}`);
  if (streamed.result.sha256 !== database.sha256)
    problems.push(
      `sha256 of the unpacked database is ${streamed.result.sha256}, expected ${database.sha256}`,
    );
  return problems;
}

async function contentProblems(
  manifest: Manifest,
  path: string,
  level: 'quick' | 'integrity',
  reader: CopyReader,
): Promise<string[]> {
  const { signal, onProgress } = reader;
  let session: ReadSession | undefined;
  try {
    session = reader.session ?? (await openCopy(path, reader));
    const content = await session.readCopy(path, {
      level,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    return [...content.problems, ...differences(manifest.database, content)];
  } catch (error) {
    signal?.throwIfAborted();
    // The child of the target is gone: that is more than a problem of the copy.
    if (error instanceof Failure && (reader.session === undefined || !aboutProcess.has(error.code)))
      return [`the unpacked database cannot be read: ${error.message}`];
    throw error;
  } finally {
    if (session !== reader.session) await session?.close();
  }
}

const aboutProcess: ReadonlySet<string> = new Set([
  'sqlite/child-lost',
  'target/stopped',
  'target/lease-lost',
]);

function openCopy(path: string, reader: CopyReader): Promise<ReadSession> {
  return reader.driver.openForReading(
    { name: 'copy', driver: 'sqlite', path, expect: 'ok', store: { name: '', path: '' } },
    { busyTimeoutMs: 0, scratchFolder: reader.scratchFolder },
  );
}

function differences(expected: Manifest['database'], found: CopyContent): string[] {
  const keys = [
    'sizeBytes',
    'pageSize',
    'pageCount',
    'encoding',
    'applicationId',
    'userVersion',
    'contentHash',
  ] as const;
  const problems = keys
    .filter((key) => found[key] !== expected[key])
    .map((key) => `\`${key}\` of the unpacked database is ${found[key]}, expected ${expected[key]}`);
  const rows = new Map(found.tables.map((table) => [table.table, table.rows]));
  for (const { table, rows: count } of expected.tables) {
    if (rows.get(table) !== count)
      problems.push(`table \`${table}\` has ${rows.get(table) ?? 'no'} rows, expected ${count}`);
  }
  return problems;
}

/** It lies in the scratch folder of the run, which goes at the end: what has been done does not fail for it. */
export async function removeCopy(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Fails with `store/no-room`. */
export async function requireFolderRoom(folder: string, bytes: number, work: string): Promise<void> {
  const found = await statfs(folder);
  if (found.bavail * found.bsize < bytes) throw noRoom(folder, bytes, work);
}

function noRoom(folder: string, bytes: number, work: string, cause?: unknown): Failure {
  return new Failure('store/no-room', `${work} needs ${formatSize(bytes)} in \`${folder}\``, {
    state: 'nothing was changed',
    fix: 'make room there, then try again',
    ...(cause === undefined ? {} : { cause }),
  });
}

// Restoring a backup into a live database. The caller holds the lease, has made a safety backup and has been answered.

import { dirname } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import { realPathOf, type TargetSpec, type WriteSession } from '../target/index.ts';
import { groupName } from './group.ts';
import { usableManifest } from './list.ts';
import type { BackupEntry, Manifest } from './manifest.ts';
import type { FoundBackup } from './read-backup.ts';
import { type CopyReader, removeCopy, requireFolderRoom, unpackBackup } from './unpack.ts';

export interface RestoreRequest extends CopyReader {
  readonly session: WriteSession;
  readonly spec: TargetSpec;
  readonly found: FoundBackup;
  /** The operator said that a backup of another database is what they want. */
  readonly allowsOtherDatabase: boolean;
}

export interface RestoredBackup {
  readonly entry: BackupEntry;
  readonly pages: number;
  readonly contentHash: string;
}

/**
 * Verifies the backup, writes it through SQLite, and proves that the database now holds it.
 *
 * Fails before the database is touched with `backup/damaged`, `backup/newer-format`, `backup/wrong-database`,
 * `store/no-room`, `backup/restore-busy`; with `backup/restore-failed` when SQLite took the write back; with `backup/restore-unproven` (exit 7)
 * when the content afterwards is not the backup's.
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoredBackup> {
  const { session, found, signal, onProgress } = request;
  const options = { ...(signal ? { signal } : {}) };
  const { path, manifest } = await unpackSound(request);
  try {
    // The WAL, or the rollback journal and the file, grow by as much as is written.
    await requireFolderRoom(dirname(session.path), manifest.database.sizeBytes, 'writing the backup');
    const { pages, isProven } = await session.restoreFrom(path, {
      ...options,
      losesWrites: request.spec.discardsForeignWrites === true,
      onProgress: (progress) => onProgress?.({ message: 'write', ...progress }),
    });
    // Pages equal to those of the copy, whose content hash was compared with the manifest's.
    const { contentHash: expected } = manifest.database;
    if (isProven) return { entry: found.entry, pages, contentHash: expected };
    onProgress?.({ message: 'prove' });
    const contentHash = await session.contentHash(options);
    if (contentHash !== expected) throw notProven(found, contentHash, manifest);
    return { entry: found.entry, pages, contentHash };
  } finally {
    await removeCopy(path);
  }
}

/**
 * The backup as a private copy that is proven to be what its manifest says, and to be of this database. The caller removes
 * it. Fails with `backup/damaged`, `backup/newer-format`, `backup/wrong-database`, `store/no-room`.
 */
export async function unpackSound(
  request: Omit<RestoreRequest, 'session'>,
): Promise<{ readonly path: string; readonly manifest: Manifest }> {
  const { found } = request;
  const manifest = usableManifest(found);
  await requireSameDatabase(request, manifest);
  const { path, problems } = await unpackBackup(found, 'integrity', request);
  if (problems.length === 0) return { path, manifest };
  await removeCopy(path);
  throw new Failure('backup/damaged', `backup \`${found.entry.id}\` is damaged: ${problems.join('; ')}`, {
    state: 'the database was not touched',
    fix: 'choose another with `belay backup list`',
    details: { problems },
  });
}

/** Fails with `backup/wrong-database`. */
export async function requireSameDatabase(
  request: Pick<RestoreRequest, 'spec' | 'allowsOtherDatabase'>,
  manifest: Manifest,
): Promise<void> {
  if (request.allowsOtherDatabase) return;
  const realPath = realPathOf(request.spec.path);
  const { target } = manifest;
  if (target.realPath === realPath || target.group === groupName(request.spec, realPath)) return;
  throw new Failure(
    'backup/wrong-database',
    `backup \`${manifest.id}\` is of \`${target.realPath}\`, not of \`${realPath}\``,
    {
      state: 'the database was not touched',
      fix: 'choose a backup of this database, or say that another one is meant',
    },
  );
}

export function notProven(found: FoundBackup, contentHash: string, manifest: Manifest): Failure {
  return new Failure(
    'backup/restore-unproven',
    `after the restore the database hashes to ${contentHash}, backup \`${found.entry.id}\` to ${manifest.database.contentHash}`,
    {
      state: 'the backup was written to the database; somebody may have written since',
      fix: 'stop the application, then restore again',
    },
  );
}

// Making a backup: snapshot, proof, compression, manifest, and only then a name. Never changes the database, never leaves
// something behind that a listing would show.

import { chmod, chown, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, createId } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { type Store, storeFailure } from '../store/index.ts';
import type { CopyContent, TargetFacts, TargetIdentity, TargetSpec, WriteSession } from '../target/index.ts';
import { compressFile, type Streamed } from './compress.ts';
import { groupName } from './group.ts';
import type { BackupEntry, Manifest } from './manifest.ts';
import { artifactFile, manifestFile, readBackup, restoreFile } from './read-backup.ts';
import { formatRestoreText } from './restore-text.ts';
import { requireRoomFor } from './room.ts';
import type { CopyReader } from './unpack.ts';

export interface CreateRequest extends Pick<CopyReader, 'signal' | 'onProgress'> {
  /** Of a fixture, which has the same everywhere; else a new one is made. */
  readonly id?: string;
  readonly session: WriteSession;
  readonly spec: TargetSpec;
  /** Fresh: size, identity and journal mode are those of the moment. */
  readonly facts: TargetFacts;
  readonly store: Store;
  readonly verify: 'quick' | 'integrity';
  readonly label?: string;
  readonly clock: Clock;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly belayVersion: string;
}

const snapshotFile = 'snapshot.sqlite';

/**
 * Resolves once the backup is complete, verified, fsynced and visible.
 *
 * Fails with `store/no-room`, `store/unwritable`, `backup/source-locked`, `backup/snapshot-failed`, `backup/check-failed`;
 * then nothing is listed that was not before.
 * Crash: leaves a staging folder, which the next create in this group takes away once our process is proven dead.
 */
export async function createBackup(request: CreateRequest): Promise<BackupEntry> {
  const { store, facts, spec, clock } = request;
  if (!facts.identity)
    throw new Failure(
      'backup/snapshot-failed',
      `target \`${spec.name}\` cannot be backed up: it is ${facts.condition}`,
      {
        state: 'no backup was recorded',
      },
    );
  const identity = await ownerNow(facts.identity);
  const createdAt = clock.now();
  const id = request.id ?? createId('bak', createdAt);
  const group = groupName(spec, identity.realPath);
  await requireRoomFor(store, facts.sizeBytes + facts.walBytes);
  const staged = await store.stage(group, id);
  try {
    await shareWithOwner(staged, identity, 0o700);
    const content = await buildArtifact(request, staged);
    const manifest = buildManifest(request, identity, { id, group, createdAt }, content);
    await writeFile(join(staged, restoreFile), formatRestoreText(manifest));
    // Order: the manifest is last; a folder without one is no backup, wherever it is found.
    await writeFile(join(staged, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
    for (const file of [artifactFile, restoreFile, manifestFile])
      await shareWithOwner(join(staged, file), identity, identity.mode & 0o640);
    await shareWithOwner(staged, identity, identity.mode & 0o040 ? 0o750 : 0o700);
    await store.publish(group, id, staged);
  } catch (error) {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
    throw storeFailure(error, store.location, 'write');
  }
  return (await readBackup(store, group, id)).entry;
}

interface Artifact {
  readonly content: CopyContent;
  readonly streamed: Streamed;
}

/**
 * The child of the session checks and hashes the copy while zstd runs here: two cores, one copy, no third process.
 * When the compression fails the child is waited for, not ended: a session that lost its child no longer knows who wrote.
 */
async function buildArtifact(request: CreateRequest, staged: string): Promise<Artifact> {
  const { session, signal, onProgress } = request;
  const copy = join(staged, snapshotFile);
  await session.snapshot(copy, {
    ...(signal ? { signal } : {}),
    onProgress: (progress) => onProgress?.({ message: 'copy', ...progress }),
  });
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const parts = [
    proveCopy(request, copy),
    compressFile(copy, join(staged, artifactFile), {
      signal: either,
      onBytes: (done, total) => onProgress?.({ message: 'check and compress', done, total, unit: 'bytes' }),
    }),
  ] as const;
  let first: { readonly error: unknown } | undefined;
  for (const part of parts)
    part.catch((error: unknown) => {
      first ??= { error };
      stop.abort();
    });
  // Both are waited for: nobody may still read or write in the folder when it is removed.
  await Promise.allSettled(parts);
  if (first) throw first.error;
  const [content, streamed] = await Promise.all(parts);
  await rm(copy);
  return { content, streamed };
}

async function proveCopy(
  { session, signal, spec, verify }: CreateRequest,
  path: string,
): Promise<CopyContent> {
  const content = await session.readCopy(path, { level: verify, ...(signal ? { signal } : {}) });
  const { problems } = content;
  if (problems.length === 0) return content;
  throw new Failure(
    'backup/check-failed',
    `the copy of target \`${spec.name}\` has problems: ${problems.slice(0, 3).join('; ')}`,
    {
      state: 'no backup was recorded; the database was only read',
      fix: `look at the database with \`belay status ${spec.path} --check\``,
      details: { problems },
    },
  );
}

function buildManifest(
  request: CreateRequest,
  identity: TargetIdentity,
  backup: { id: string; group: string; createdAt: Date },
  { content, streamed }: Artifact,
): Manifest {
  const { sizeBytes, pageSize, pageCount, encoding, applicationId, userVersion, contentHash, tables } =
    content;
  return {
    version: 1,
    id: backup.id,
    createdAt: backup.createdAt.toISOString(),
    target: { group: backup.group, name: request.spec.name, ...identity },
    run: request.runId,
    step: request.stepId,
    label: request.label ?? null,
    belayVersion: request.belayVersion,
    database: {
      sizeBytes,
      pageSize,
      pageCount,
      encoding,
      journalMode: request.facts.journalMode,
      applicationId,
      userVersion,
      contentHash,
      sha256: streamed.source.sha256,
      tables,
    },
    artifact: {
      file: artifactFile,
      compression: 'zstd',
      sizeBytes: streamed.result.sizeBytes,
      sha256: streamed.result.sha256,
    },
    verification: {
      level: request.verify,
      at: request.clock.now().toISOString(),
      problems: content.problems,
    },
  };
}

async function writeFile(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

/** A session remembers the identity it opened; owner and mode may have changed since. Asks for the name, opens nothing. */
async function ownerNow(identity: TargetIdentity): Promise<TargetIdentity> {
  const found = await stat(identity.realPath);
  return { ...identity, ownerId: found.uid, groupId: found.gid, mode: found.mode & 0o7777 };
}

/** A backup must not be readable by more people than its database: without the same group it is for its owner alone. */
async function shareWithOwner(path: string, identity: TargetIdentity, mode: number): Promise<void> {
  await chown(path, identity.ownerId, identity.groupId).catch(() => undefined);
  const found = await stat(path);
  await chmod(path, found.gid === identity.groupId ? mode : mode & 0o700);
}

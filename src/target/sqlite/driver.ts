// SQLite as a target: how it is looked at, opened for reading, and opened for work under a lease.

import { dirname } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import type { OpenArgs } from '../../sqlite/index.ts';
import type { ReadSession, WriteSession } from '../session.ts';
import type { OpenOptions, TargetDriver, TargetSpec, WriteOptions } from '../target.ts';
import { copyForRehearsal } from './copy-for-rehearsal.ts';
import { createEmpty } from './create-empty.ts';
import { holdersOf } from './holders.ts';
import { assertWritable, type FileFacts, inspectFile, mayWrite, sizeOf } from './inspect-file.ts';
import { placeFile } from './place-file.ts';
import { probe } from './probe.ts';
import { openPure } from './pure-session.ts';
import { isMoved, isReturned, returnFiles } from './return-files.ts';
import { holdClient, sessionOver } from './session.ts';
import { putBack, quarantineOf, setAside } from './set-aside.ts';

export const sqliteDriver: TargetDriver = {
  driver: 'sqlite',
  probe,
  openPure,
  openForReading,
  openForWriting,
  copyForRehearsal,
  create: createEmpty,
  holders: holdersOf,
  quarantineOf,
  setAside,
  putBack,
  returnFiles,
  isMoved,
  isReturned,
  place: placeFile,
};

async function openForReading(spec: TargetSpec, options: OpenOptions): Promise<ReadSession> {
  const file = await inspectFile(spec.path);
  await assertShm(file);
  return openSession(spec, file, 'read', options);
}

async function openForWriting(spec: TargetSpec, options: OpenOptions & WriteOptions): Promise<WriteSession> {
  const file = await inspectFile(spec.path);
  await assertWritable(file.identity.realPath);
  return openSession(spec, file, 'write', options);
}

/** Opens at once, so that what is wrong is said here and not at the first use. */
async function openSession(
  spec: TargetSpec,
  { identity }: FileFacts,
  mode: OpenArgs['mode'],
  options: OpenOptions & Partial<WriteOptions>,
): Promise<WriteSession> {
  const open = {
    target: spec.name,
    path: identity.realPath,
    mode,
    busyTimeoutMs: options.busyTimeoutMs,
    identity: { device: identity.device, inode: identity.inode },
    ...(options.lease ? { lease: options.lease } : {}),
  };
  const holder = holdClient(options, open, options.lastSeen);
  try {
    await holder.call('facts', {});
  } catch (error) {
    await holder.close();
    throw error;
  }
  return sessionOver(spec.name, spec.path, identity, holder);
}

async function assertShm({ identity: { realPath }, isWal }: FileFacts): Promise<void> {
  if (!isWal || (await mayWrite(dirname(realPath))) || (await sizeOf(`${realPath}-shm`)) > 0) return;
  throw new Failure(
    'target/wal-needs-folder',
    `\`${realPath}\` is in WAL mode: to read it, SQLite must write its -shm file into \`${dirname(realPath)}\`, which is read-only for this user`,
    { state: 'nothing was changed', fix: 'run as the owner of the database, or give this user the folder' },
  );
}

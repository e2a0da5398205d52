// Room first: a run that could not be put back for want of room is refused before its first change.

import { dirname } from 'node:path';
import { backupNeedsBytes } from '../backup/index.ts';
import { formatSize } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import { type FileSystem, fileSystemOf } from '../store/index.ts';
import type { Execution } from './execution.ts';

export interface TargetRoom {
  /** Of the database with its -wal. */
  readonly sizeBytes: number;
  /** Already lies in the store. */
  readonly hasBackup: boolean;
  readonly store: FileSystem;
  readonly folder: FileSystem;
  readonly scratch: FileSystem;
}

export interface RoomNeed {
  readonly fileSystem: FileSystem;
  readonly bytes: number;
}

/**
 * The most that lies on each file system at once, when everything goes wrong: while a backup is taken, while the failed
 * state is set aside, and while the backup is written back through a -wal as large as the database. At worst nothing
 * can be compressed. Pure.
 */
export function roomNeeds(targets: readonly TargetRoom[]): RoomNeed[] {
  const needs = new Map<string, RoomNeed>();
  let kept: [FileSystem, number][] = [];
  const ask = (parts: readonly (readonly [FileSystem, number])[]): void => {
    const sums = new Map<string, RoomNeed>();
    for (const [fileSystem, bytes] of [...kept, ...parts])
      sums.set(fileSystem.device, { fileSystem, bytes: (sums.get(fileSystem.device)?.bytes ?? 0) + bytes });
    for (const [device, need] of sums)
      if (need.bytes > (needs.get(device)?.bytes ?? 0)) needs.set(device, need);
  };
  for (const { store, sizeBytes, hasBackup } of targets) {
    if (hasBackup) continue;
    ask([[store, backupNeedsBytes(sizeBytes)]]);
    kept = [...kept, [store, sizeBytes]];
  }
  for (const { store, sizeBytes } of targets) {
    ask([[store, backupNeedsBytes(sizeBytes)]]);
    kept = [...kept, [store, sizeBytes]];
  }
  for (const { folder, scratch, sizeBytes } of targets)
    ask([
      [scratch, sizeBytes],
      [folder, sizeBytes],
    ]);
  return [...needs.values()];
}

/** `backups`: of each target that is about to be protected, the backup of the run that serves already. */
export async function requireRoom(
  execution: Execution,
  backups: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const rooms: TargetRoom[] = [];
  for (const [target, backup] of backups) {
    const { sizeBytes, walBytes, identity } = await execution.sessions.facts(target);
    const spec = execution.resolved.targets.find(({ name }) => name === target);
    if (spec === undefined) throw new Error(`no target ${target}`);
    rooms.push({
      sizeBytes: sizeBytes + walBytes,
      hasBackup: backup !== undefined,
      store: await fileSystemOf(spec.store.path),
      folder: await fileSystemOf(dirname(identity?.realPath ?? spec.path)),
      scratch: await fileSystemOf(execution.scratchFolder),
    });
  }
  const short = roomNeeds(rooms).find(({ fileSystem, bytes }) => bytes > fileSystem.freeBytes);
  if (short === undefined) return;
  const { fileSystem, bytes } = short;
  const names = [...backups.keys()].map((name) => `\`${name}\``).join(', ');
  throw new Failure(
    'target/no-room',
    `to back up ${names} and to put it back takes up to ${formatSize(bytes)} on the file system of \`${fileSystem.path}\`, ${formatSize(fileSystem.freeBytes)} is free`,
    {
      state: 'nothing was changed',
      fix: 'make room with `belay backup expire`, or keep the backups in a store on another file system',
      exit: exitCodes.refused,
      details: { needBytes: bytes, freeBytes: fileSystem.freeBytes },
    },
  );
}

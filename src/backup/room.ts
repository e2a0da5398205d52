// Is there room for a backup? Asked before anything is written.

import { formatSize } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Store } from '../store/index.ts';

/** Manifest, RESTORE.txt and folders; also what zstd adds to bytes that do not compress. */
const marginBytes = 4 * 1024 * 1024;

/** An uncompressed copy and, at worst, an artifact of the same size lie in the store at the same time. */
export function backupNeedsBytes(databaseBytes: number): number {
  return 2 * databaseBytes + marginBytes;
}

/** Fails with `store/no-room`. */
export async function requireRoomFor(store: Store, databaseBytes: number): Promise<void> {
  const need = backupNeedsBytes(databaseBytes);
  const free = await store.freeBytes();
  if (free >= need) return;
  throw new Failure(
    'store/no-room',
    `a backup of ${formatSize(databaseBytes)} needs up to ${formatSize(need)} in \`${store.location}\`, ${formatSize(free)} is free`,
    {
      state: 'nothing was written; the database was not changed',
      fix: 'make room with `belay backup expire`, or name another store',
      details: { needBytes: need, freeBytes: free },
    },
  );
}

// Verifying a backup: reading the artifact whole and proving it against its manifest.

import type { BackupEntry } from './manifest.ts';
import type { FoundBackup } from './read-backup.ts';
import { type CopyReader, removeCopy, unpackBackup } from './unpack.ts';

export interface VerifiedBackup {
  readonly entry: BackupEntry;
  /** Empty: proven. */
  readonly problems: readonly string[];
}

/** Changes nothing in the store. A backup that a listing already calls unusable is reported, not thrown. */
export async function verifyBackup(
  found: FoundBackup,
  level: 'quick' | 'integrity',
  reader: CopyReader,
): Promise<VerifiedBackup> {
  const { entry } = found;
  if (entry.verified === 'no' || !found.manifest)
    return { entry, problems: [entry.problem ?? 'it is not verified'] };
  const { path, problems } = await unpackBackup(found, level, reader);
  await removeCopy(path);
  const [first] = problems;
  if (first === undefined) return { entry, problems };
  return { entry: { ...entry, verified: 'no', problem: first }, problems };
}

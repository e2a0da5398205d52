// Carrying out what retention decided.

import type { ExpiryDecision } from '../action/action.ts';
import type { BackupEntry } from './manifest.ts';
import type { FoundBackup } from './read-backup.ts';

/**
 * Removes what `decisions` says, oldest first, so that an interruption leaves the newer ones.
 *
 * Order: `announce` is called, and must be durable, before each removal.
 */
export async function expireBackups(
  found: readonly FoundBackup[],
  decisions: readonly ExpiryDecision[],
  announce: (entry: BackupEntry, reason: string) => void,
): Promise<void> {
  const byId = new Map(found.map((backup) => [backup.entry.id, backup]));
  for (const { entry, action, reasons } of decisions.toReversed()) {
    const backup = byId.get(entry.id);
    if (action === 'keep' || !backup) continue;
    announce(entry, reasons.join(', '));
    await backup.store.remove(backup.group, entry.id);
  }
}

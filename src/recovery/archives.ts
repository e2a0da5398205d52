// Archives of rows that a rollback has put back: renamed, so that nobody loads them again by mistake.

import { isRecord } from '../base/index.ts';
import type { RollbackWork } from '../engine/index.ts';
import { archiveFolder, renameRolledBackArchive } from '../operation/prune/index.ts';

export function renameArchives({ events, recorder }: RollbackWork): void {
  for (const { event } of events) {
    if (event.type !== 'attempt-started' || event.action !== 'sqlite.prune') continue;
    const { archive } = event.with;
    if (!isRecord(archive) || typeof archive.to !== 'string') continue;
    const renamed = renameRolledBackArchive(archiveFolder(archive.to, recorder.runId, event.step));
    if (renamed !== undefined) {
      recorder.record({
        type: 'warning',
        step: event.step,
        message: `its rows are back; the archive is now ${renamed}`,
      });
    }
  }
}

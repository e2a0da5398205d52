// RESTORE.txt: how to use a backup when Belay is not at hand. Every command stands on its own line and can be run as it is,
// from the folder of the backup.

import { basename } from 'node:path';
import { formatCount, formatSize } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { Manifest } from './manifest.ts';

/** Name of the file that the commands unpack to. */
export const unpackedFile = 'restored.sqlite';

export function formatRestoreText(manifest: Manifest): string {
  const { artifact, database, target } = manifest;
  const live = shellQuote(target.realPath);
  const name = escapeLine(basename(target.realPath));
  const rows = database.tables.reduce((sum, table) => sum + table.rows, 0);
  return `Backup ${manifest.id} of ${escapeLine(target.realPath)}
taken ${manifest.createdAt}${manifest.label === null ? '' : `, label ${escapeLine(manifest.label)}`}
${formatSize(database.sizeBytes)} (${database.sizeBytes} bytes), ${formatCount(database.tables.length, 'table')}, ${formatCount(rows, 'row')}

With Belay, in the folder of the project (elsewhere add --store, the folder two above this one):

    belay backup restore ${manifest.id} --path ${live}

Without Belay you need zstd, sha256sum and sqlite3, and about ${formatSize(database.sizeBytes)} of room.
Run these in the folder of this file. Each must succeed before you go on to the next.

1. The artifact is what was stored (prints: ${artifact.file}: OK)

    echo '${artifact.sha256}  ${artifact.file}' | sha256sum -c -

2. Unpack it

    zstd -d ${artifact.file} -o ${unpackedFile}

3. The database is what was backed up (prints: ${unpackedFile}: OK)

    echo '${database.sha256}  ${unpackedFile}' | sha256sum -c -

4. SQLite can read all of it (prints: ok)

    sqlite3 ${unpackedFile} 'PRAGMA integrity_check'

5. Put it in place. STOP THE APPLICATION FIRST, and everything else that has the database open.
   Never copy over a database that is in use, and never leave an old -wal or -journal file beside a new
   database: SQLite would play it back over what you restored. So the old four files move aside together.
   You need to be a user who may write there (owner ${target.ownerId}, group ${target.groupId}, mode ${target.mode.toString(8).padStart(4, '0')}).

    mkdir ${live}.before-restore
    for f in ${live} ${live}-wal ${live}-shm ${live}-journal; do if [ -e "$f" ]; then mv "$f" ${live}.before-restore/; fi; done
    cp ${unpackedFile} ${live}
    chmod ${target.mode.toString(8).padStart(4, '0')} ${live}
    chown ${target.ownerId}:${target.groupId} ${live}
    sync ${live}

6. Check it once more where it lies now, then start the application.

    sqlite3 ${live} 'PRAGMA integrity_check'${
      database.journalMode === 'wal'
        ? `

   ${name} was in WAL mode; bring that back:

    sqlite3 ${live} 'PRAGMA journal_mode = wal'`
        : ''
    }

Rows per table at the time of the backup:

${database.tables.map((table) => `    ${escapeLine(table.table)}: ${table.rows}`).join('\n')}
`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

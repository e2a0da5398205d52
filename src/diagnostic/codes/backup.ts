import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const backupCodes = defineCodes({
  'backup/check-failed': {
    exit: exitCodes.failed,
    title: 'the copy of the database did not pass its check',
    help: 'A backup is listed only when its copy opens, passes the check and can be hashed. When the check finds problems, the database itself has them: look at `belay status DATABASE --check` before anything else. Older verified backups are kept.',
  },
  'backup/damaged': {
    exit: exitCodes.refused,
    title: 'a backup is incomplete or not what its manifest says',
    help: 'The artifact is missing, truncated or changed, or the manifest cannot be read. Belay never restores from it and never offers it; `belay backup list` shows the ones that are whole.',
  },
  'backup/empty-keep': {
    exit: exitCodes.invalid,
    title: 'a retention policy without a rule',
    help: 'A policy that names no rule, or only zeros, would remove every backup; it is refused. Say at least one of last, hourly, daily, weekly, monthly, yearly, within.',
  },
  'backup/newer-format': {
    exit: exitCodes.refused,
    title: 'a backup was made by a newer version of Belay',
    help: 'Its manifest has a version that this Belay does not know. It is never guessed at: use the newer Belay, or follow the RESTORE.txt in the folder of the backup.',
  },
  'backup/not-found': {
    exit: exitCodes.refused,
    title: 'no such backup',
    help: 'No store that was searched holds a backup with this id. `belay backup list` shows all; `--store PATH` searches another folder.',
  },
  'backup/restore-busy': {
    exit: exitCodes.refused,
    title: 'the database could not be locked for the restore',
    help: 'Another process held a write lock (or, in rollback-journal mode, any lock) for the whole time that Belay waited. The database was not changed.',
  },
  'backup/restore-failed': {
    exit: exitCodes.failed,
    title: 'writing the backup into the database failed',
    help: 'SQLite rolled the restore back: the database is as it was before. The message says what SQLite or the file system reported.',
  },
  'backup/restore-unproven': {
    exit: exitCodes.needsPerson,
    title: 'a restore was written but could not be proven',
    help: 'The content was written, but the database does not hash to what the manifest says, or its WAL could not be brought into the file. Someone else may have written, or a long reader may hold an old snapshot. Stop the application and restore again.',
  },
  'backup/snapshot-failed': {
    exit: exitCodes.failed,
    title: 'the database could not be copied',
    help: 'SQLite did not deliver a complete copy. No backup was recorded and the database was only read.',
  },
  'backup/source-locked': {
    exit: exitCodes.refused,
    title: 'the database is locked and could not be copied',
    help: 'Another process held a lock on the database for the whole time that Belay waited. No backup was recorded.',
  },
  'backup/wrong-database': {
    exit: exitCodes.refused,
    title: 'a backup belongs to another database',
    help: 'Its manifest names another database than the one it would be restored into. If that is what you want, say so (`--other-database` with `belay backup restore`).',
  },
});

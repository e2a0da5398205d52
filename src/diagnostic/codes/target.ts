import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const targetCodes = defineCodes({
  'target/changeset-damaged': {
    exit: exitCodes.needsPerson,
    title: 'a recorded changeset is not readable',
    help: 'What a transaction of the run changed was recorded before its COMMIT. These bytes are not such a record, or are cut off, so nothing was taken back by it.',
  },
  'target/corrupt': {
    exit: exitCodes.failed,
    title: 'SQLite finds the database file damaged',
    help: 'The file is a database whose structure is broken. Keep a copy of it and of its -wal, then restore the newest verified backup.',
  },
  'target/directory': {
    exit: exitCodes.refused,
    title: 'the path of the target is a directory',
    help: 'Name the database file itself.',
  },
  'target/disk-full': {
    exit: exitCodes.failed,
    title: 'there is no room left on the disk of the database',
    help: 'SQLite rolled the statement back. Free some room and run again.',
  },
  'target/empty': {
    exit: exitCodes.refused,
    title: 'the target file has zero bytes',
    help: 'SQLite would take it for a new, empty database. It is more often the trace of a failed copy.',
  },
  'target/encrypted': {
    exit: exitCodes.refused,
    title: 'the target file is encrypted or not a database',
    help: 'The first bytes are not the header of SQLite and look random, as those of an encrypted database do. Belay cannot open encrypted databases.',
  },
  'target/hard-link': {
    exit: exitCodes.refused,
    title: 'the target file has more than one name',
    help: 'SQLite keeps its -wal and -journal by name: through a second hard link a program would not find them, and changes would be lost. Remove the other names.',
  },
  'target/in-use': {
    exit: exitCodes.failed,
    title: 'another process has the files of the target open',
    help: 'Its files are moved or replaced only when nobody else has them open: a program that has would go on with a file that has no name any more. Stop the program that the message names.',
  },
  'target/io-error': {
    exit: exitCodes.failed,
    title: 'the operating system could not read or write the database',
    help: 'Look at the disk and its file system (`dmesg`) before anything else.',
  },
  'target/lease-lost': {
    exit: exitCodes.failed,
    title: 'this run no longer holds the right to work on the target',
    help: 'The lease beside the database names another token: another run has taken over. This run must not write any more.',
  },
  'target/locked': {
    exit: exitCodes.failed,
    title: 'somebody else holds a lock on the database',
    help: 'Belay waited as long as it was told. The message names the processes that hold locks, where the system lets them be seen.',
  },
  'target/missing': {
    exit: exitCodes.refused,
    title: 'the target file does not exist',
    help: 'Belay never creates a database. Check the path, and the folder from which it is resolved.',
  },
  'target/needs-recovery': {
    exit: exitCodes.refused,
    title: 'the database has a hot journal: a writer died in the middle of a transaction',
    help: 'SQLite rolls the transaction back when the database is opened for writing. A plan never does that.',
  },
  'target/no-room': {
    exit: exitCodes.refused,
    title: 'there is not enough room for the operation',
    help: 'The need is computed before anything is written. VACUUM needs up to twice the size of the live content.',
  },
  'target/not-a-database': {
    exit: exitCodes.refused,
    title: 'the target file is not a SQLite database',
    help: 'The first 16 bytes are not `SQLite format 3`.',
  },
  'target/not-a-quarantine': {
    exit: exitCodes.failed,
    title: 'a quarantine folder does not hold what its record says',
    help: 'The files were hashed when they were set aside. Something has changed them, or the folder is of another database; they are not moved back.',
  },
  'target/not-simulated': {
    exit: exitCodes.refused,
    title: 'the database could not be read without touching it',
    help: 'A plan reads only what it can read without writing a byte. A database that never stands still for a moment, or whose copy is too large for the scratch folder, is not simulated.',
  },
  'target/occupied': {
    exit: exitCodes.failed,
    title: 'a file lies where another one would be put',
    help: 'Belay never puts a file over another. Somebody may have created a new database in the meantime; look at both.',
  },
  'target/read-only': {
    exit: exitCodes.refused,
    title: 'the database cannot be written',
    help: 'The file, its folder or the file system is read-only for this user.',
  },
  'target/replaced': {
    exit: exitCodes.failed,
    title: 'another file lies at the path of the target than before',
    help: 'Somebody renamed a file into place while the run was working. What was written went into the old file. Find out who did it before you go on.',
  },
  'target/setting-refused': {
    exit: exitCodes.failed,
    title: 'SQLite did not take a setting',
    help: 'The setting was read back and is not what was asked for.',
  },
  'target/stopped': {
    exit: exitCodes.failed,
    title: 'the work on the database was stopped',
    help: 'A time limit, Ctrl-C or the end of the session stopped it. What had not been committed is rolled back.',
  },
  'target/truncated': {
    exit: exitCodes.failed,
    title: 'the database file is shorter than its header says',
    help: 'A copy that was cut off looks like this. Restore the newest verified backup.',
  },
  'target/undo-schema-changed': {
    exit: exitCodes.needsPerson,
    title: 'a table is not the one whose rows were recorded',
    help: 'Rows are taken back only into the table that the record names, with the columns and the primary key that it had. Bring the schema back, or restore the backup taken before the step.',
  },
  'target/undo-unproven': {
    exit: exitCodes.needsPerson,
    title: 'rows that were taken back could not be proven to be there',
    help: 'Every recorded row is read back before COMMIT and must equal its recorded old value. One did not, so everything was rolled back.',
  },
  'target/unreadable': {
    exit: exitCodes.refused,
    title: 'this user may not read the database',
    help: 'Check the permissions of the file and of every folder above it.',
  },
  'target/wal-needs-folder': {
    exit: exitCodes.refused,
    title: 'a database in WAL mode needs to write beside itself, even to be read',
    help: 'SQLite keeps its -shm file in the folder of the database. Give this user write permission on the folder, or read a copy.',
  },
  'target/written-during-restore': {
    exit: exitCodes.needsPerson,
    title: 'another connection wrote to the target at the moment of its restore',
    help: 'Before a restore the state of the target is copied. What another connection commits after that copy would be lost, so nothing is restored then: stop the application first. When the file shows only afterwards that somebody committed in the very moment of the restore, a person must compare the database with the copies.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const migrateCodes = defineCodes({
  'migrate/ambiguous-order': {
    exit: exitCodes.failed,
    title: 'the order of two migrations cannot be told from their names',
    help: 'Two names carry the same number. Which of them runs first would depend on the reader, so none runs. Give one of them another number.',
  },
  'migrate/bad-file': {
    exit: exitCodes.failed,
    title: 'a migration file cannot be understood',
    help: 'It is not UTF-8, holds no statement, has markers in the wrong place, or begins a transaction that it does not end. Nothing was started.',
  },
  'migrate/damaged': {
    exit: exitCodes.failed,
    title: 'the check after the migrations found problems',
    help: 'The structure of the database is not sound after the migrations. On the copy: the live database was not touched; it may have been damaged before, so check it.',
  },
  'migrate/edited': {
    exit: exitCodes.failed,
    title: 'a migration was edited after it was applied',
    help: 'The file no longer has the checksum that the ledger keeps, so the database and the folder tell different stories. Bring the old text back and put the change into a new migration.',
  },
  'migrate/foreign-keys-broken': {
    exit: exitCodes.failed,
    title: 'a migration leaves rows whose foreign keys point nowhere',
    help: 'Checked before COMMIT, after everything in the file had run; only what was not broken before counts. A table was dropped or renamed away from under its children, or rows were deleted that others refer to.',
  },
  'migrate/ledger-shape': {
    exit: exitCodes.failed,
    title: 'the ledger table does not have the columns that are needed',
    help: 'A ledger needs a column with the name of the migration. Name its table and columns under `ledger`; every other column must have a default.',
  },
  'migrate/missing-file': {
    exit: exitCodes.failed,
    title: 'the ledger names a migration whose file is not in the folder',
    help: 'Somebody removed or renamed the file, or the runbook names the folder of another database. Bring the file back.',
  },
  'migrate/mixed-forms': {
    exit: exitCodes.failed,
    title: 'a folder holds migrations of more than one form',
    help: 'Plain files, `up.sql` in folders, `NAME.up.sql`, dbmate markers and goose markers are five forms; a folder keeps to one, because each has its own rule of what runs when.',
  },
  'migrate/no-down': {
    exit: exitCodes.failed,
    title: 'a migration cannot be taken back: it has no down part',
    help: 'Every migration on the way down needs one: `down.sql`, `NAME.down.sql`, `-- migrate:down` or `-- +goose Down`. Otherwise restore the backup that was taken before.',
  },
  'migrate/no-migrations': {
    exit: exitCodes.failed,
    title: 'the folder of migrations is not there, or holds none',
    help: 'Relative paths in a runbook start at the project.',
  },
  'migrate/out-of-order': {
    exit: exitCodes.failed,
    title: 'a migration that was never applied comes before one that was',
    help: 'It was probably merged late. Applied now it would run on a schema that its author never saw. Give it a number after the newest that is applied.',
  },
  'migrate/rows-lost': {
    exit: exitCodes.failed,
    title: 'a migration takes rows out of a table that it does not write to',
    help: 'A foreign key with ON DELETE CASCADE or SET NULL, or a trigger, reached rows that the file never mentions; the transaction was rolled back. To rebuild a table: create the new one, copy, drop the old, rename the new. If the loss is meant, delete the rows in the file itself.',
  },
  'migrate/statement-failed': {
    exit: exitCodes.failed,
    title: 'a statement of a migration failed',
    help: 'The whole file was rolled back. The place is that of the statement in the file, the words are those of SQLite.',
  },
  'migrate/unknown-version': {
    exit: exitCodes.failed,
    title: 'no migration has the version of `to`',
    help: 'A version is the name of a file, with or without `.sql`, or its number. `0` stands for the state before the first one, and only for `direction: down`.',
  },
});

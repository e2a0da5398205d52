import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const actionCodes = defineCodes({
  'action/archive-conflict': {
    exit: exitCodes.failed,
    title: 'rows of an archive are in the database with other values',
    help: 'Rows of the archive have the key of a row that differs from them, or break a constraint. Nothing was loaded, because nobody but you can say which of the two is right. Rename or remove the rows that the message lists, then load again.',
  },
  'action/archive-damaged': {
    exit: exitCodes.failed,
    title: 'an archive is not as it was written',
    help: 'A file of the archive is missing, was changed or is not whole: its sha256 is not that of the manifest. Nothing of it is loaded.',
  },
  'action/archive-in-use': {
    exit: exitCodes.failed,
    title: 'the folder for an archive holds something else',
    help: 'An archive has a folder of its own, so that two of them never mix. Give each step that archives another folder, such as one with `run.id` and the name of the table.',
  },
  'action/has-children': {
    exit: exitCodes.failed,
    title: 'rows that would be deleted are referred to by rows of other tables',
    help: 'A prune deletes rows of one table, unless it is told to take their children along. Rows of child tables that point to them would be left pointing nowhere, or would be deleted uncounted. Say `cascade: declared` or `children`, or delete the child rows first in a step of their own.',
  },
  'action/invalid-metric': {
    exit: exitCodes.failed,
    title: 'a metric cannot be written',
    help: 'Prometheus refuses a whole file for one bad sample, so nothing is written: a series stood in it twice, or one name has two types or explanations.',
  },
  'action/no-backup-found': {
    exit: exitCodes.failed,
    title: 'no backup of the target fits',
    help: 'There is none between `before` and `after` with the label asked for that is verified. The message says which backups were passed over and why.',
  },
  'action/not-a-url': {
    exit: exitCodes.failed,
    title: 'a value is not an http or https address',
    help: 'The address may come from a secret or a param; it is not shown, as it may contain a token.',
  },
  'action/not-an-instant': {
    exit: exitCodes.failed,
    title: 'a value is not an instant',
    help: 'Instants are ISO 8601 with a time zone, such as `2026-01-05T14:30:00Z`, or come from an expression such as `${{ now - duration("7d") }}`.',
  },
  'action/program-killed': {
    exit: exitCodes.failed,
    title: 'a program was ended by a signal',
    help: 'Somebody or something outside of the run ended the program, such as the kernel when memory ran out. What the program had done by then is unknown.',
  },
  'action/service-late': {
    exit: exitCodes.failed,
    title: 'a service did not start or stop in time',
    help: 'It was told to, and did not say within `wait` that it had. It may still do so. A service that is slow to stop needs a longer `wait`; one that never stops needs a person.',
  },
  'action/service-refused': {
    exit: exitCodes.failed,
    title: 'the command that starts or stops a service failed',
    help: 'The message has its exit code and last line; the whole output is in the log of the step.',
  },
  'action/service-unknown': {
    exit: exitCodes.failed,
    title: 'the state of a service cannot be told',
    help: 'The status command must exit with 0 when the service runs, with 1, 3 or 4 when it does not. Anything else is not taken for either. Where there is no systemd, give the step a `command`.',
  },
  'action/service-without-database': {
    exit: exitCodes.failed,
    title: 'a service is not started on a database that cannot be read',
    help: 'A program that finds no database, or a damaged one, often makes a new, empty one and goes on with it. Restore the database first.',
  },
  'action/share-exceeded': {
    exit: exitCodes.failed,
    title: 'a prune would delete too large a part of the table',
    help: 'The share of selected rows is above `maxShare`; nothing was deleted. Look at the cutoff first: a wrong unit of time selects everything. If it is right, raise `maxShare`.',
  },
  'action/too-many-rows': {
    exit: exitCodes.failed,
    title: 'a prune would delete too many rows',
    help: 'More rows are selected than `maxRows` allows; nothing was deleted. Look at the cutoff first. If it is right, raise `maxRows`.',
  },
  'action/type-mix': {
    exit: exitCodes.failed,
    title: 'a cutoff is compared with a column that keeps its values in another form',
    help: 'SQLite orders every number before every text, so a text cutoff is larger than each row of an INTEGER column and would select all of them; seconds against milliseconds do the same. The message says how the column keeps time and which function gives the cutoff in that form.',
  },
  'action/unreachable': {
    exit: exitCodes.failed,
    title: 'an HTTP endpoint did not answer',
    help: 'The name could not be resolved, the connection was refused or broke, or the certificate is not trusted.',
  },
  'action/unreadable-file': {
    exit: exitCodes.failed,
    title: 'a file that a step names cannot be read',
    help: 'It does not exist, may not be read, or is not UTF-8. Relative paths in a runbook start at the project.',
  },
  'action/unwritable-file': {
    exit: exitCodes.failed,
    title: 'a file that a step names cannot be written',
    help: 'Its folder must exist and the user of the run must be allowed to write there. What was there before is untouched.',
  },
});

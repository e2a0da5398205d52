import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const actionCodes = defineCodes({
  'action/has-children': {
    exit: exitCodes.failed,
    title: 'rows that would be deleted are referred to by rows of other tables',
    help: 'A prune deletes rows of one table. Rows of child tables that point to them would be left pointing nowhere, or would be deleted uncounted by a cascade. Delete the child rows first, in a step of their own.',
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
  'action/not-available': {
    exit: exitCodes.invalid,
    title: 'this version does not do that yet',
    help: 'The format knows the key, and this version refuses it rather than ignore it. Leave it out, or use a later version.',
  },
  'action/program-killed': {
    exit: exitCodes.failed,
    title: 'a program was ended by a signal',
    help: 'Somebody or something outside of the run ended the program, such as the kernel when memory ran out. What the program had done by then is unknown.',
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

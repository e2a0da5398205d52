import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const sqliteCodes = defineCodes({
  'sqlite/bad-parameters': {
    exit: exitCodes.failed,
    title: 'the parameters do not fit the SQL',
    help: 'Every `:name` of the SQL needs a value under `params`, and every value a place in the SQL. SQLite itself would take a missing value as NULL without a word.',
  },
  'sqlite/changes-out-of-bounds': {
    exit: exitCodes.failed,
    title: 'a statement changed more or fewer rows than its bounds allow',
    help: 'The bounds under `changes` are checked before COMMIT, so nothing of the transaction was kept. Look at the rows that the WHERE selects before you widen the bounds.',
  },
  'sqlite/child-lost': {
    exit: exitCodes.failed,
    title: 'the process that works on the database ended by itself',
    help: 'The SQL child was killed from outside or ran out of memory. An open transaction is rolled back by SQLite when the database is opened next.',
  },
  'sqlite/constraint': {
    exit: exitCodes.failed,
    title: 'a constraint of the database refused the statement',
    help: 'A UNIQUE, NOT NULL, CHECK or FOREIGN KEY constraint does not hold for the new rows. The whole transaction was rolled back.',
  },
  'sqlite/integer-too-large': {
    exit: exitCodes.failed,
    title: 'an integer of a result is beyond 2^53',
    help: 'Such a number would be rounded on its way. Select it as text: `CAST(column AS TEXT)`.',
  },
  'sqlite/more-than-one-statement': {
    exit: exitCodes.failed,
    title: 'the SQL holds more than one statement where exactly one is allowed',
    help: '`sqlite.query` takes one statement; so does each statement that binds `params`. Use `statements:` for several.',
  },
  'sqlite/no-such-table': {
    exit: exitCodes.failed,
    title: 'the database has no table of that name',
    help: '`belay run` looks the name up in the live schema. Check its spelling, and that the runbook opened the database you meant.',
  },
  'sqlite/not-read-only': {
    exit: exitCodes.failed,
    title: 'the SQL writes where only reading is allowed',
    help: 'Use `sqlite.execute` for SQL that changes the database, so that the plan shows it and a backup comes first.',
  },
  'sqlite/refused': {
    exit: exitCodes.failed,
    title: 'the SQL does something that a runbook may not do',
    help: 'ATTACH, DETACH, VACUUM INTO, load_extension, transaction control and most PRAGMAs are refused in the SQL of runbooks, because they reach other files or undo what the run promises. There is an action for most of them.',
  },
  'sqlite/syntax': {
    exit: exitCodes.failed,
    title: 'SQLite cannot compile the SQL',
    help: 'The message is from SQLite. The SQL is compiled against the schema of the live database.',
  },
  'sqlite/too-many-rows': {
    exit: exitCodes.failed,
    title: 'the query returned more than its limit',
    help: 'Results are kept in the journal, therefore they are limited. Narrow the WHERE, aggregate, or raise `maxRows`.',
  },
  'sqlite/unindexed-child': {
    exit: exitCodes.failed,
    title: 'a child table would be scanned for every deleted row',
    help: 'A foreign key without an index on the child makes each delete of a parent read the whole child table. Create the index that the message names.',
  },
  'sqlite/unknown-name': {
    exit: exitCodes.failed,
    title: 'a name given under `names` is not a table or column of the database',
    help: 'Names that fill `"$name"` in SQL are checked against the live schema before they are put in.',
  },
});

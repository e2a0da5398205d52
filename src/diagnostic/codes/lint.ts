import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const lintCodes = defineCodes({
  'lint/add-check-scan': {
    exit: exitCodes.found,
    title: 'a column with a CHECK is added, which reads every row',
    help: 'SQLite checks all rows under the write lock; on a large table other writers wait for it.',
  },
  'lint/add-column-refused': {
    exit: exitCodes.found,
    title: 'ADD COLUMN with what SQLite does not allow there',
    help: 'PRIMARY KEY, UNIQUE, a computed default, a STORED column or a REFERENCES with a default cannot be added to a table with rows. Rebuild the table.',
  },
  'lint/add-not-null-without-default': {
    exit: exitCodes.found,
    title: 'a NOT NULL column without a default is added',
    help: 'SQLite refuses it as soon as the table has a row. Give a DEFAULT, or add it nullable, fill it, and rebuild the table.',
  },
  'lint/attach': {
    exit: exitCodes.found,
    title: 'SQL attaches another database',
    help: 'A second file has no lease, no backup and no way back, and with WAL a transaction over two files is not atomic. Declare it as a target.',
  },
  'lint/auto-vacuum-switch': {
    exit: exitCodes.found,
    title: '`auto_vacuum` is switched without a VACUUM after it',
    help: 'Between `none` and the other modes the setting does nothing before the file is rewritten. Add a `sqlite.vacuum`.',
  },
  'lint/continue-not-atomic': {
    exit: exitCodes.found,
    title: 'a step that can stop half-way lets the run go on',
    help: 'With `onFailure: continue` later steps work on what the step left behind, and nothing is put back. Let it fail, or split it into steps that are whole or nothing.',
  },
  'lint/cutoff-type': {
    exit: exitCodes.found,
    title: 'a column is compared with a value of a type that it does not keep',
    help: 'In SQLite every text is larger than every number: an INTEGER column compared with a text cutoff selects all rows or none. Bind the form in which the column keeps its values.',
  },
  'lint/dangerous-pragma': {
    exit: exitCodes.found,
    title: 'a PRAGMA switches a protection of the database off',
    help: '`synchronous = OFF` and a journal in memory or none corrupt the database at a power cut or a kill; Belay refuses them.',
  },
  'lint/defer-foreign-keys-rebuild': {
    exit: exitCodes.found,
    title: 'a table is rebuilt under `defer_foreign_keys`',
    help: 'Deferring postpones the check and not the cascade: the rows of the children are deleted all the same. Use `PRAGMA foreign_keys = OFF` at the beginning of the file.',
  },
  'lint/delete-files-early': {
    exit: exitCodes.found,
    title: 'files are removed before the last step that can fail',
    help: 'When a later step fails the database is put back, and the removed files, or the backups that would have helped, are not. Remove them last.',
  },
  'lint/delete-limit': {
    exit: exitCodes.found,
    title: 'DELETE or UPDATE with LIMIT or ORDER BY',
    help: 'SQLite knows it only where it was built so, and the one that runs it here was not. Select the rows: `WHERE rowid IN (SELECT rowid … LIMIT n)`, or use `sqlite.prune`.',
  },
  'lint/delete-without-where': {
    exit: exitCodes.found,
    title: 'a DELETE removes every row',
    help: 'Without WHERE, or with one that is always true, SQLite empties the table. Give a predicate that can leave a row alone, or bound it with `changes`.',
  },
  'lint/destroy-without-gate': {
    exit: exitCodes.found,
    title: 'a step destroys data and nobody is asked',
    help: 'Rows deleted or a database replaced by a run started by mistake are not missed before somebody looks. Ask with `confirm` or `approval`, or bound a prune with `maxShare` or `maxRows`.',
  },
  'lint/drop-column': {
    exit: exitCodes.found,
    title: 'a column is dropped',
    help: 'Its values are gone, programs that still name it fail, and SQLite rewrites the whole table. Stop using it first, drop it some releases later.',
  },
  'lint/drop-table': {
    exit: exitCodes.found,
    title: 'a table is dropped',
    help: 'The rows are gone, and with foreign keys on those of other tables that refer to them too. Rename it first and drop it some releases later.',
  },
  'lint/external-without-stub': {
    exit: exitCodes.found,
    title: 'a rehearsal does not know what a program would answer',
    help: 'Drills and rehearsals do not start programs that act outside. With a `stub` the steps after it are rehearsed too; `rehearse: run` starts it for real.',
  },
  'lint/external-without-timeout': {
    exit: exitCodes.found,
    title: 'a program may run without end',
    help: 'A program that hangs keeps the run, its lease and everybody behind it waiting. Give the step a `timeout`.',
  },
  'lint/external-without-undo': {
    exit: exitCodes.found,
    title: 'nothing says how the effect of a program is taken back',
    help: 'Belay cannot look into a program. Say with `rollback` which action takes it back, or with `rollback: none` and a `reason` that nothing does.',
  },
  'lint/file-operation': {
    exit: exitCodes.found,
    title: 'a program copies, moves or removes a live database or its sidecars',
    help: 'A copy of a live file is torn, a lost or foreign `-wal` corrupts it, and closing the file drops the locks of its process. Use `backup.create`, `backup.restore` or `backup.quarantine`.',
  },
  'lint/foreign-key-without-index': {
    exit: exitCodes.found,
    title: 'the columns of a foreign key have no index',
    help: 'Every DELETE in the parent then scans the child: 2,000 parents took 8 seconds where an index made it milliseconds. Create an index on the columns.',
  },
  'lint/gate-after-change': {
    exit: exitCodes.found,
    title: 'a gate is asked after the database was changed',
    help: 'While people think, the change is visible and others write on top of it; if they decline, all of it has to be put back. Ask before the first change.',
  },
  'lint/gate-only-yes': {
    exit: exitCodes.found,
    title: 'a step whose environment demands an approval has only a `confirm`',
    help: 'A `confirm` is answered by whoever starts the run, also with `--yes`. Where the policy of an environment names the effect under `approvalFor`, other people have to agree: use `approval`.',
  },
  'lint/gate-without-expect': {
    exit: exitCodes.found,
    title: 'a gate before destroyed data is answered by `--yes`',
    help: '`--yes` in a script answers every `confirm` that has no `expect`. With `expect` the name has to be typed, or given for this one gate with `--confirm STEP=TEXT`.',
  },
  'lint/ignore-without-reason': {
    exit: exitCodes.found,
    title: 'an ignore comment gives no reason',
    help: 'An ignored rule is a decision, and the next reader needs to know why: `# belay-lint-ignore RULE: reason`. Without a reason it ignores nothing.',
  },
  'lint/literal-secret': {
    exit: exitCodes.found,
    title: 'a secret is written into a runbook',
    help: 'Whoever reads the repository, a plan or a journal has it. Declare it under `secrets` and use `${{ secrets.name }}`; the literal one has to be replaced, as it is known.',
  },
  'lint/live-path-in-command': {
    exit: exitCodes.found,
    title: 'a program gets the path of a target that it does not declare to touch',
    help: 'Belay cannot tell its writes from those of strangers, and would put the database back over them. Name the target in `touches`, or use an action.',
  },
  'lint/nullable-to-not-null': {
    exit: exitCodes.found,
    title: 'a rebuild makes a column NOT NULL that was nullable',
    help: 'The copy fails at the first NULL, when the migration runs. Fill the NULLs first, or copy with `coalesce`.',
  },
  'lint/page-size-in-wal': {
    exit: exitCodes.found,
    title: 'the page size of a database is changed without leaving WAL',
    help: 'In WAL mode SQLite ignores it. Set `journalMode: delete` with it, and go back to `wal` in a later step.',
  },
  'lint/point-of-no-return': {
    exit: exitCodes.found,
    title: 'steps that can fail come after a point of no return',
    help: 'A step with `rollback: none` stays when a later one fails, while everything else is put back. Move it behind the steps that can fail.',
  },
  'lint/query-writes': {
    exit: exitCodes.found,
    title: 'a `sqlite.query` does not only read',
    help: 'A query runs on a reading connection, without backup and undo, and is refused. Use `sqlite.execute`.',
  },
  'lint/rebuild-with-foreign-keys': {
    exit: exitCodes.found,
    title: 'a table is rebuilt while foreign keys are on',
    help: 'Dropping the old table deletes its rows, and `ON DELETE CASCADE` takes those of every child with it, without an error. Begin the file with `PRAGMA foreign_keys = OFF`; inside a transaction it has no effect, and Belay sets it before.',
  },
  'lint/refused-in-sql': {
    exit: exitCodes.found,
    title: 'SQL asks for what the process that runs it refuses',
    help: 'SQL of a step may ask PRAGMAs, and set only a few of them; extensions are not loaded. What changes how the database is kept has actions: `sqlite.configure`, `sqlite.vacuum`, `sqlite.optimize`, `sqlite.checkpoint`.',
  },
  'lint/rename-old-first': {
    exit: exitCodes.found,
    title: 'a rebuild renames the old table away first',
    help: 'Triggers, views and foreign keys follow the rename, and refer to the old table, which is then dropped. Create the new one, copy, drop the old one, and rename the new one.',
  },
  'lint/retry-not-idempotent': {
    exit: exitCodes.found,
    title: 'a step that must not happen twice is retried',
    help: 'A retry cannot know whether the first attempt had its effect before it failed. Retry only what can be repeated, or ask for the state first.',
  },
  'lint/secure-delete-assumed': {
    exit: exitCodes.found,
    title: '`secure_delete` is set in SQL',
    help: 'It holds only for the connection that sets it, and only for what is deleted after it: old pages, backups and shadow tables of full-text search keep the content. VACUUM, and expire the backups.',
  },
  'lint/several-statements': {
    exit: exitCodes.found,
    title: 'more than one statement where only one is taken',
    help: 'SQLite compiles the first and drops the rest in silence; Belay refuses it. Put each under `statements` of `sqlite.execute`.',
  },
  'lint/sql-does-not-compile': {
    exit: exitCodes.found,
    title: 'SQLite does not compile the SQL',
    help: 'It would fail when the step runs. The message is that of SQLite.',
  },
  'lint/start-before-accept': {
    exit: exitCodes.found,
    title: 'a service is started or asked for its health while the run may still put its database back',
    help: 'After a restore, a failed start or a slow health check would bring the damaged database back, under a service that already works. Set `accept: true` on the check that proves the restored database.',
  },
  'lint/transaction-in-sql': {
    exit: exitCodes.found,
    title: 'SQL of a step controls the transaction itself',
    help: 'A step runs in one transaction that Belay begins and commits, so that it is whole or nothing. Remove BEGIN, COMMIT, ROLLBACK and SAVEPOINT.',
  },
  'lint/unbounded-delete': {
    exit: exitCodes.found,
    title: 'a DELETE has no bound on the rows that it may take',
    help: 'A wrong cutoff deletes most of a table, in one transaction that blocks all writers while it lasts. `sqlite.prune` counts first, refuses too many and works in chunks; `changes: {max: N}` at least refuses.',
  },
  'lint/unique-index-on-data': {
    exit: exitCodes.found,
    title: 'a unique index is created on a table that may hold duplicates',
    help: 'It fails at the first pair, when the migration runs. Look for duplicates in a precondition first: `SELECT count(*) … GROUP BY … HAVING count(*) > 1`.',
  },
  'lint/unknown-table': {
    exit: exitCodes.found,
    title: 'the SQL names a table that the database does not have',
    help: 'Checked against the schema given with `--schema-from`. A misspelled name is an error at three in the morning.',
  },
  'lint/unprotected-destroy': {
    exit: exitCodes.found,
    title: 'a step destroys data of a target that has no backup',
    help: 'With `backup: none` nothing brings back what a failed or wrong step has destroyed. Take a backup in an earlier step, or leave `backup: none` out.',
  },
  'lint/unreachable-step': {
    exit: exitCodes.found,
    title: 'a step can never run',
    help: 'Its condition is always false, or an assertion before it always fails. What is never run is never tested either.',
  },
  'lint/unreadable-file': {
    exit: exitCodes.found,
    title: 'a file that a runbook names cannot be read',
    help: 'A path written in a runbook is relative to the project. An SQL file is an ordinary file of UTF-8 text, at most 4 MiB.',
  },
  'lint/unused-ignore': {
    exit: exitCodes.found,
    title: 'an ignore comment ignores nothing',
    help: 'The rule is not found there any more, or is not called so. A comment that is left behind would hide the next finding: remove it.',
  },
  'lint/unused-param': {
    exit: exitCodes.found,
    title: 'a param, secret or target is declared and never used',
    help: 'An operator who sets it believes that it does something. Use it, or remove it.',
  },
  'lint/update-without-where': {
    exit: exitCodes.found,
    title: 'an UPDATE writes every row',
    help: 'Without WHERE, or with one that is always true, every row is overwritten. Give a predicate that can leave a row alone, or bound it with `changes`.',
  },
  'lint/vacuum-in-transaction': {
    exit: exitCodes.found,
    title: 'VACUUM stands in SQL that runs in a transaction',
    help: 'SQLite refuses it there. Use the action `sqlite.vacuum`, as a step of its own.',
  },
  'lint/vacuum-renumbers-rowids': {
    exit: exitCodes.found,
    title: 'VACUUM may give rows of a table new rowids',
    help: 'Of a table without INTEGER PRIMARY KEY the rowids are not kept: what remembers them outside refers to other rows afterwards. Give the table an INTEGER PRIMARY KEY.',
  },
  'lint/writable-schema': {
    exit: exitCodes.found,
    title: '`writable_schema` or `schema_version` is changed',
    help: 'SQL then writes into the schema itself, where one mistake makes the database unreadable. Belay refuses it. Use ALTER TABLE, or a rebuild.',
  },
});

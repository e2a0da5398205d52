// `sqlite.execute`: SQL that writes, in one transaction with bounds on what it may change.

import { formatCount } from '../../base/index.ts';
import type { Effect } from '../../journal/event.ts';
import type { SourceFiles } from '../../project/index.ts';
import type { ReadSession, SqlStatement, WriteSession } from '../../target/index.ts';
import { defineAction } from '../action.ts';
import {
  type BoundValue,
  count,
  inputs,
  list,
  names,
  optional,
  outputs,
  path,
  sqlParams,
  sqlText,
  target,
} from '../fields.ts';
import { sessionOptions } from '../session-options.ts';
import { boundParams } from '../values.ts';
import { compilePreview, schemaChangeWords } from './compile-preview.ts';
import { readSqlFile } from './read-sql-file.ts';

/** Bounds on the rows that a statement changes. */
function changeBounds() {
  return inputs(
    {
      min: optional(count('At least this many rows must change.')),
      max: optional(count('At most this many rows may change.')),
    },
    {
      description: 'Bounds on changed rows, checked before COMMIT; outside them nothing is committed.',
      examples: [{ min: 1, max: 1 }],
    },
  );
}

export const sqliteExecute = defineAction({
  name: 'sqlite.execute',
  summary: 'Run SQL that writes, in one transaction',
  description:
    'Runs one text, one file or a list of statements in a single transaction. Bounds on changed rows are checked before COMMIT: outside them nothing is committed. Identifiers come in through `names`, values through `params`; nothing is pasted into SQL.',
  with: inputs({
    target: target(),
    sql: optional(
      sqlText('One or more statements. With `params` only one.', [
        'UPDATE jobs SET state = :to WHERE state = :from',
      ]),
    ),
    file: optional(
      path('A file with SQL, read when the run starts and part of the plan digest.', ['./sql/fix.sql']),
    ),
    statements: optional(
      list(
        inputs({
          sql: sqlText('One statement.'),
          params: optional(sqlParams()),
          changes: optional(changeBounds()),
        }),
        'Statements, run in order in the one transaction.',
        { minItems: 1 },
      ),
    ),
    params: optional(sqlParams()),
    names: optional(names()),
    changes: optional(changeBounds()),
  }),
  outputs: outputs({
    changes: count('Rows changed by all statements together, without those changed by triggers.'),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'available',
  check(input) {
    const given = ['sql', 'file', 'statements'].filter(
      (key) => input[key] !== undefined && input[key] !== null,
    );
    if (given.length !== 1) {
      return [
        {
          path: given.length > 1 ? [given[1] ?? ''] : [],
          message: `expected exactly one of \`sql\`, \`file\`, \`statements\`, found ${given.length === 0 ? 'none' : given.map((key) => `\`${key}\``).join(' and ')}`,
        },
      ];
    }
    if (given[0] !== 'statements') return [];
    return (['params', 'changes'] as const)
      .filter((key) => input[key] !== undefined && input[key] !== null)
      .map((key) => ({
        path: [key],
        message: `\`${key}\` beside \`statements\` belongs to none of them`,
        fix: `put \`${key}\` into the statement that it is for`,
      }));
  },
  async preview(input, context) {
    const statements = await statementsOf(input, context.files);
    const session = await context.reader(input.target);
    const preview = await compilePreview(
      session,
      statements.map(({ sql }) => sql),
      input.names,
    );
    const isRows = preview.changesSomething === true && !preview.lines.includes(schemaChangeWords);
    const words = isRows ? await wayBackWords(session, statements) : [];
    return { ...preview, lines: [...preview.lines, ...words] };
  },
  async run(input, context) {
    const statements = await statementsOf(input, context.files);
    const session = await context.writer(input.target);
    const effect = await effectOf(session, statements);
    const { changes } = await session.execute(statements, effect, sessionOptions(context));
    const total = changes.reduce((sum, each) => sum + each, 0);
    context.progress({ message: `${formatCount(total, 'row')} changed` });
    return { outputs: { changes: total }, measures: [{ name: 'changed', value: total, unit: 'rows' }] };
  },
});

type Bounds = { readonly min?: number; readonly max?: number };

interface Given {
  readonly sql?: string;
  readonly file?: string;
  readonly statements?: readonly {
    readonly sql: string;
    readonly params?: Readonly<Record<string, BoundValue>>;
    readonly changes?: Bounds;
  }[];
  readonly params?: Readonly<Record<string, BoundValue>>;
  readonly names?: Readonly<Record<string, string>>;
  readonly changes?: Bounds;
}

async function statementsOf(input: Given, files: SourceFiles): Promise<SqlStatement[]> {
  const texts = input.statements ?? [
    { ...input, sql: input.file === undefined ? (input.sql ?? '') : await readSqlFile(files, input.file) },
  ];
  return texts.map(({ sql, params, changes }) => ({
    sql,
    ...(params === undefined ? {} : { params: boundParams(params) }),
    ...(changes === undefined ? {} : { changes }),
    ...(input.names === undefined ? {} : { names: input.names }),
  }));
}

/** Said before the run where its rows cannot be had back one by one: others' writes then stop a rollback. */
async function wayBackWords(session: ReadSession, statements: readonly SqlStatement[]): Promise<string[]> {
  const { noRows } = await session.forecast(statements);
  return noRows === undefined ? [] : [`cannot be taken back row by row, only by restore: ${noRows}`];
}

/** `destroy` when a statement deletes rows or changes the schema; also when it cannot be told before running it. */
async function effectOf(session: WriteSession, statements: readonly SqlStatement[]): Promise<Effect> {
  try {
    for (const { sql, names } of statements) {
      const compiled = await session.compile(sql, names);
      if (compiled.some((one) => one.isSchemaChange || one.writes.some(({ kind }) => kind === 'delete'))) {
        return 'destroy';
      }
    }
    return 'change';
  } catch {
    // A statement may need a table that an earlier one makes; what is really wrong, running it will say.
    return 'destroy';
  }
}

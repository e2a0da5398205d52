// `sqlite.check`: is the database sound, and is everything there that should be?

import { Type } from 'typebox';
import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { defineAction, type RunContext } from '../action.ts';
import { choice, flag, identifier, inputs, list, optional, outputs, target, text } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';
import { missingTables } from './missing-tables.ts';

export const sqliteCheck = defineAction({
  name: 'sqlite.check',
  summary: 'Check that a database is sound and complete',
  description:
    'Opens the database, times one small read, and runs `PRAGMA quick_check` or `integrity_check`; with `foreignKeys` also `foreign_key_check`, with `tables` also that each of them exists. Problems make the step fail, each said in one line; with `fail: false` they are only outputs, so that a runbook can report them.',
  with: inputs({
    target: target(),
    mode: optional(
      choice(
        ['quick', 'integrity'],
        '`quick` (default) skips the comparison of indexes with their tables; `integrity` does everything and takes several times as long.',
      ),
    ),
    foreignKeys: optional(flag('Also look for rows whose foreign keys point nowhere. Default: false.')),
    tables: optional(
      list(identifier('A table.'), 'Tables or views that must exist.', { examples: [['users', 'sessions']] }),
    ),
    fail: optional(flag('Whether problems make the step fail (default: true) or are only outputs (false).')),
  }),
  outputs: outputs({
    ok: flag('True when no problem was found.'),
    problems: list(text('One problem in one line.'), 'The problems found, at most 100.'),
    latencyMs: Type.Number({ description: 'Milliseconds that one small read took, with the database open.' }),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  isPlannable: true,
  async preview(input, context) {
    const missing =
      input.tables === undefined ? [] : missingTables(await context.schema(input.target), input.tables);
    return {
      state: 'would-run',
      lines: [
        `runs \`PRAGMA ${input.mode ?? 'quick'}_check\`${input.foreignKeys ? ' and `PRAGMA foreign_key_check`' : ''}`,
        ...missing,
      ],
      changesSomething: false,
    };
  },
  async run(input, context) {
    const { ok, problems, latencyMs } = await examine(input, context);
    const failed =
      ok || input.fail === false
        ? undefined
        : {
            message: `\`${input.target}\` has ${formatCount(problems.length, 'problem')}: ${summary(problems)}`,
            fix: problems.every((problem) => problem.includes('does not exist'))
              ? 'correct the names of the expected tables, or find out who dropped them'
              : 'find the newest backup from before the damage: `belay backup list`',
          };
    return {
      outputs: { ok, problems, latencyMs },
      measures: [{ name: 'problems', value: problems.length, unit: 'count' }],
      ...(failed === undefined ? {} : { failed }),
    };
  },
});

const shownProblems = 100;

interface Examination {
  readonly target: string;
  readonly mode?: 'quick' | 'integrity';
  readonly foreignKeys?: boolean;
  readonly tables?: readonly string[];
  readonly fail?: boolean;
}

async function examine(
  input: Examination,
  context: RunContext,
): Promise<{ ok: boolean; problems: string[]; latencyMs: number }> {
  try {
    const session = await context.reader(input.target);
    const options = sessionOptions(context);
    const schema = await session.schema(options);
    const startedMs = context.clock.monotonicMs();
    await session.query(
      { sql: 'SELECT count(*) FROM sqlite_schema' },
      { maxRows: 1, maxBytes: 1024 },
      options,
    );
    const latencyMs = Math.round((context.clock.monotonicMs() - startedMs) * 10) / 10;
    const missing = input.tables === undefined ? [] : missingTables(schema, input.tables);
    const result = await session.check(input.mode ?? 'quick', {
      ...options,
      foreignKeys: input.foreignKeys ?? false,
    });
    const problems = [...missing, ...result.problems].slice(0, shownProblems);
    return { ok: problems.length === 0, problems, latencyMs };
  } catch (error) {
    // With `fail: false` a database that cannot be read at all is the worst finding, not a reason to report none.
    const isAboutDatabase = error instanceof Failure && /^(sqlite|target)\//.test(error.code);
    if (input.fail !== false || context.signal.aborted || !isAboutDatabase) throw error;
    return { ok: false, problems: [error.message], latencyMs: 0 };
  }
}

function summary(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join('; ');
  return problems.length > 3 ? `${shown}; and ${problems.length - 3} more` : shown;
}

// `sqlite.migrate`: schema migrations, tried on a copy before they touch the database.

import type { Measure } from '../../journal/event.ts';
import type { MigrateRequest, MigrateResult } from '../../operation/migrate/index.ts';
import { defineAction } from '../action.ts';
import { choice, count, identifier, inputs, list, optional, outputs, path, target, text } from '../fields.ts';

export const sqliteMigrate = defineAction({
  name: 'sqlite.migrate',
  summary: 'Apply schema migrations that have not been applied yet',
  description:
    'Applies the files of a folder in order, each in its own transaction together with its row in the ledger table; with `down` it takes them back. The whole series is tried on a private copy first: what fails there never reaches the database. Foreign keys, and the rows of tables that a file does not write to, are compared before each COMMIT, so that a rebuild cannot eat the rows of children. Reads plain `*.sql`, `NAME.up.sql` with `NAME.down.sql`, folders with `up.sql` and `down.sql`, and files with the markers of dbmate or goose.',
  with: inputs({
    target: target(),
    from: path('Folder of the migration files, all of one form.', ['./migrations']),
    to: optional(
      text(
        'Up: the last to be applied; default: the newest. Down: the last that stays, or `0` for none; default: the one before the newest.',
        ['20251015_add_index'],
      ),
    ),
    direction: optional(choice(['up', 'down'], '`up` (default) applies, `down` takes back.')),
    ledger: optional(
      inputs(
        {
          table: optional(identifier('Table that records what was applied.', ['migrations_applied'])),
          name: optional(identifier('Column with the name of the file.', ['filename'])),
          appliedAt: optional(identifier('Column with the time.', ['applied_at'])),
          status: optional(identifier('Column with the outcome.', ['status'])),
          checksum: optional(identifier('Column with the sha256 of the file.', ['checksum'])),
        },
        { description: 'The ledger table and its columns, for databases that have one already.' },
      ),
    ),
  }),
  outputs: outputs({
    applied: list(text('Name of a migration.'), 'Migrations applied now, in order; empty with `down`.'),
    takenBack: list(text('Name of a migration.'), 'Migrations taken back now, in order; empty with `up`.'),
    pending: list(text('Name of a migration.'), 'Migrations that remain.'),
    schema: outputs(
      {
        added: list(text('Such as `table items`.'), 'Objects that were not there before.'),
        removed: list(text('Such as `index items_by_name`.'), 'Objects that are gone.'),
        changed: list(text('Such as `view recent`.'), 'Objects whose definition is another.'),
      },
      { description: 'What all migrations together did to the schema.' },
    ),
    rows: list(
      outputs({
        table: text('Name of the table.'),
        added: count('Rows added.'),
        changed: count('Rows changed in place, where they were counted.'),
        removed: count('Rows removed.'),
      }),
      'Tables whose rows changed.',
    ),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'restore',
  availability: 'available',
  async preview(input, context) {
    const { previewMigrate } = await import('../../operation/migrate/index.ts');
    const preview = await previewMigrate(
      await context.reader(input.target),
      requestOf(input),
      context.now,
      context.files,
    );
    return {
      state: preview.isSimulated ? 'would-run' : 'not-simulated',
      lines: preview.lines,
      facts: {
        migrations: [...preview.steps],
        pending: [...preview.pending],
        ...(preview.report === undefined
          ? {}
          : {
              schema: {
                added: [...preview.report.schema.added],
                removed: [...preview.report.schema.removed],
                changed: [...preview.report.schema.changed],
              },
              rows: preview.report.rows.map(({ table, added, changed, removed }) => ({
                table,
                added,
                changed,
                removed,
              })),
            }),
      },
      changesSomething: preview.steps.length > 0,
    };
  },
  async run(input, context) {
    const { migrate } = await import('../../operation/migrate/index.ts');
    const request = requestOf(input);
    const result = await migrate(await context.writer(input.target), request, {
      now: context.now,
      files: context.files,
      signal: context.signal,
      onProgress: (progress) => context.progress(progress),
      warn: (message) => context.warn(message),
    });
    const { schema } = result;
    const isUp = request.direction === 'up';
    return {
      outputs: {
        applied: isUp ? [...result.done] : [],
        takenBack: isUp ? [] : [...result.done],
        pending: [...result.pending],
        schema: { added: [...schema.added], removed: [...schema.removed], changed: [...schema.changed] },
        rows: result.rows.map(({ table, added, changed, removed }) => ({ table, added, changed, removed })),
      },
      measures: result.done.length === 0 ? [] : measuresOf(result, isUp ? 'applied' : 'taken back'),
    };
  },
});

function measuresOf(result: MigrateResult, done: string): Measure[] {
  const rows = result.rows.flatMap(({ table, added, changed, removed }) =>
    Object.entries({ added, changed, removed }).flatMap(([name, value]): Measure[] =>
      value === 0 ? [] : [{ name, value, unit: 'rows', subject: table }],
    ),
  );
  return [
    { name: done, value: result.done.length, unit: 'count' },
    ...rows,
    { name: 'grown', value: result.grownBytes, unit: 'bytes' },
    { name: 'tried on a copy', value: Math.round(result.rehearsedMs), unit: 'ms' },
    { name: 'in the database', value: Math.round(result.appliedMs), unit: 'ms' },
  ];
}

interface Given {
  readonly from: string;
  readonly to?: string;
  readonly direction?: 'up' | 'down';
  readonly ledger?: MigrateRequest['ledger'];
}

function requestOf({ from, to, direction, ledger }: Given): MigrateRequest {
  return { from, direction: direction ?? 'up', ledger: ledger ?? {}, ...(to === undefined ? {} : { to }) };
}

// `sqlite.indexes`: find foreign keys without an index, and duplicate indexes.

import { defineAction } from '../action.ts';
import { count, inputs, list, outputs, target, text } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';
import { type DuplicateIndex, duplicateIndexes, type IndexText } from './duplicate-indexes.ts';
import { type UnindexedForeignKey, unindexedForeignKeys } from './unindexed-foreign-keys.ts';

export const sqliteIndexes = defineAction({
  name: 'sqlite.indexes',
  summary: 'Find foreign keys without an index, and duplicate indexes',
  description:
    'Compares the foreign keys of all tables with their indexes. A foreign key whose columns no index starts with makes every DELETE in its parent scan the child table; the statement that would help is given. Two indexes on exactly the same columns are named too. Changes nothing.',
  with: inputs({
    target: target(),
  }),
  outputs: outputs({
    unindexed: list(
      outputs({
        table: text('Table with the foreign key.'),
        columns: list(text('A column.'), 'Columns of the foreign key.'),
        parent: text('Table that it points to.'),
        statement: text('The CREATE INDEX statement that would help.'),
      }),
      'Foreign keys that no index supports.',
    ),
    duplicates: list(
      outputs({
        table: text('Table with both indexes.'),
        index: text('The index that could go.'),
        sameAs: text('The index that does the same.'),
        statement: text('The DROP INDEX statement.'),
      }),
      'Indexes that repeat another one exactly.',
    ),
    count: count('Findings of both kinds together.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  isPlannable: true,
  async run(input, context) {
    const session = await context.reader(input.target);
    const options = sessionOptions(context);
    const { rows } = await session.query(
      {
        sql: 'SELECT name, tbl_name AS "table", sql FROM sqlite_schema WHERE type = \'index\' AND sql IS NOT NULL ORDER BY name',
      },
      { maxRows: 100_000, maxBytes: 2 ** 26 },
      options,
    );
    const texts = rows as readonly Readonly<Record<string, unknown>>[] as unknown as readonly IndexText[];
    const unindexed = unindexedForeignKeys(await session.schema(options), texts);
    const duplicates = duplicateIndexes(texts);
    const count = unindexed.length + duplicates.length;
    return {
      outputs: { unindexed, duplicates, count },
      measures: [{ name: 'findings', value: count, unit: 'count' }],
      ...(count === 0 ? {} : { warnings: warnings(unindexed, duplicates) }),
    };
  },
});

/** For the screen; the outputs have all. */
const shownFindings = 10;

function warnings(
  unindexed: readonly UnindexedForeignKey[],
  duplicates: readonly DuplicateIndex[],
): string[] {
  const all = [
    ...unindexed.map(
      ({ table, columns, parent, statement }) =>
        `\`${table}\` refers to \`${parent}\` through \`${columns.join(', ')}\` without an index: ${statement}`,
    ),
    ...duplicates.map(
      ({ index, sameAs, statement }) => `index \`${index}\` repeats \`${sameAs}\`: ${statement}`,
    ),
  ];
  return all.length > shownFindings
    ? [...all.slice(0, shownFindings), `${all.length - shownFindings} more are in the outputs of the step`]
    : all;
}

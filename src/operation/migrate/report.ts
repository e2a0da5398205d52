// What migrations did, summed up over all of them and said in lines.

import { formatCount } from '../../base/index.ts';
import type { MigrationEffects, RowChanges, SchemaChanges } from '../../target/index.ts';

export interface Report {
  readonly schema: SchemaChanges;
  readonly rows: readonly RowChanges[];
  readonly grownBytes: number;
}

export function reportOf(effects: readonly MigrationEffects[]): Report {
  return {
    schema: sumSchema(effects),
    rows: sumRows(effects),
    grownBytes: (effects.at(-1)?.bytesAfter ?? 0) - (effects[0]?.bytesBefore ?? 0),
  };
}

/** What was added and removed again on the way is not there. */
function sumSchema(effects: readonly MigrationEffects[]): SchemaChanges {
  const state = new Map<string, 'added' | 'removed' | 'changed'>();
  for (const { schema } of effects) {
    for (const label of schema.removed) {
      if (state.get(label) === 'added') state.delete(label);
      else state.set(label, 'removed');
    }
    for (const label of schema.added) state.set(label, state.get(label) === 'removed' ? 'changed' : 'added');
    for (const label of schema.changed) if (!state.has(label)) state.set(label, 'changed');
  }
  const of = (kind: 'added' | 'removed' | 'changed'): string[] =>
    [...state].flatMap(([label, found]) => (found === kind ? [label] : [])).sort();
  return { added: of('added'), removed: of('removed'), changed: of('changed') };
}

function sumRows(effects: readonly MigrationEffects[]): RowChanges[] {
  const sums = new Map<string, RowChanges>();
  for (const change of effects.flatMap(({ rows }) => rows)) {
    const known = sums.get(change.table);
    sums.set(change.table, {
      table: change.table,
      added: change.added + (known?.added ?? 0),
      changed: change.changed + (known?.changed ?? 0),
      removed: change.removed + (known?.removed ?? 0),
      isRebuilt: change.isRebuilt || (known?.isRebuilt ?? false),
    });
  }
  return [...sums.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** One line per migration. */
export function effectLine({ name, schema, rows }: MigrationEffects): string {
  const parts = [
    ...schema.added.map((label) => `+ ${label}`),
    ...schema.removed.map((label) => `- ${label}`),
    ...schema.changed.map((label) => `~ ${label}`),
    ...rows.map(rowPart),
  ];
  return `\`${name}\`: ${parts.length === 0 ? 'changes neither schema nor number of rows' : parts.join(', ')}`;
}

function rowPart({ table, added, changed, removed }: RowChanges): string {
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const said = parts.flatMap(([rows, what]) => (rows > 0 ? [`${formatCount(rows, 'row')} ${what}`] : []));
  return `\`${table}\` ${said.join(' and ')}`;
}

/** What a rebuild forgot. */
export function lossWarnings(effects: readonly MigrationEffects[]): string[] {
  return effects
    .filter(({ lost }) => lost.length > 0)
    .map(
      ({ name, lost }) =>
        `\`${name}\` drops a table and does not make again what went with it: ${lost.join(', ')}`,
    );
}

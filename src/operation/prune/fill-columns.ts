// Column names that reach a predicate as values: `"$column" < :cutoff`.

import { nearestName } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { tokenize } from '../../sqlite/index.ts';
import type { TableSchema } from '../../target/index.ts';

/** Each `"$name"` of the predicate as a quoted column of the table. Fails with `sqlite/unknown-name`. */
export function fillColumns(
  where: string,
  names: Readonly<Record<string, string>>,
  table: TableSchema,
): string {
  let filled = '';
  for (const { kind, start, end } of tokenize(where)) {
    const text = where.slice(start, end);
    const place = kind === 'quoted' ? /^"\$(\w+)"$/.exec(text)?.[1] : undefined;
    filled += place === undefined ? text : `"${columnFor(place, names, table).replaceAll('"', '""')}"`;
  }
  return filled;
}

function columnFor(place: string, names: Readonly<Record<string, string>>, table: TableSchema): string {
  const wanted = Object.hasOwn(names, place) ? names[place] : undefined;
  if (wanted === undefined) {
    throw new Failure(
      'sqlite/unknown-name',
      `the predicate has the place \`"$${place}"\`, but \`names\` has no \`${place}\``,
      {
        state: 'nothing was deleted',
        fix: `add \`names: {${place}: …}\``,
      },
    );
  }
  const columns = table.columns.map(({ name }) => name);
  const column = columns.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (column !== undefined) return column;
  const near = nearestName(wanted, columns);
  throw new Failure('sqlite/unknown-name', `table \`${table.name}\` has no column \`${wanted}\``, {
    state: 'nothing was deleted',
    fix: near === undefined ? 'name a column of the table' : `did you mean \`${near}\`?`,
  });
}

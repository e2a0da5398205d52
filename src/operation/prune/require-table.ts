// The table that a prune names, as the live schema has it.

import { nearestName } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { ReadSession, SessionOptions, TableSchema } from '../../target/index.ts';

/** Fails with `sqlite/no-such-table`; also for a view, a virtual and a shadow table. */
export async function requireTable(
  session: ReadSession,
  name: string,
  options: SessionOptions = {},
): Promise<TableSchema> {
  const { tables } = await session.schema(options);
  const table = tables.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (table?.kind === 'table') return table;
  const ordinary = tables.filter((each) => each.kind === 'table').map((each) => each.name);
  const near = nearestName(name, ordinary);
  throw new Failure(
    'sqlite/no-such-table',
    table === undefined
      ? `the database has no table \`${name}\``
      : `\`${name}\` is a ${table.kind}, not an ordinary table`,
    {
      state: 'nothing was deleted',
      fix:
        near === undefined || table !== undefined
          ? 'name an ordinary table of the database'
          : `did you mean \`${near}\`?`,
    },
  );
}

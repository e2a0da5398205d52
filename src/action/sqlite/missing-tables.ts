// Names of tables that a runbook gives, compared with those that the database has.

import { nearestName } from '../../base/index.ts';
import type { DatabaseSchema } from '../../target/index.ts';

/** One sentence per name that is neither a table nor a view. SQLite compares names without case. */
export function missingTables(schema: DatabaseSchema, names: readonly string[]): string[] {
  const known = new Set(schema.tables.map((table) => table.name.toLowerCase()));
  return names
    .filter((name) => !known.has(name.toLowerCase()))
    .map((name) => {
      const near = nearestName(
        name,
        schema.tables.filter((table) => table.kind !== 'shadow').map((table) => table.name),
      );
      return `table \`${name}\` does not exist${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
    });
}

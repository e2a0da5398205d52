// Compiles the statements of a text in turn and says what each would read and write. Runs none on the target.

import type { CompiledStatement } from '../../../target/schema.ts';
import { leadingWords, parametersOf } from '../../statements.ts';
import type { Connection } from '../connection.ts';
import { emptyTwin } from '../empty-twin.ts';
import { newObserved, type Observed } from '../guard.ts';
import { prepareGuarded, runGuarded, statementsOf } from '../prepare.ts';
import type { Work } from '../work.ts';

export function compile(
  { connection }: Work,
  args: { readonly sql: string; readonly names?: Readonly<Record<string, string>> | undefined },
): CompiledStatement[] {
  const parts = statementsOf(connection.db, { sql: args.sql, ...(args.names ? { names: args.names } : {}) });
  let twin: Connection | undefined;
  try {
    return parts.map((sql) => {
      const observed = newObserved();
      const statement = prepareGuarded(twin ?? connection, sql, 'write', observed);
      const columns = statement.columns().map((column) => column.name);
      if (parts.length > 1 && (observed.isSchemaChange || observed.isTemporaryChange)) {
        twin ??= emptyTwin(connection);
        const made = prepareGuarded(twin, sql, 'write', newObserved());
        runGuarded(twin, sql, 'write', newObserved(), () => made.run());
      }
      return describe(sql, observed, columns);
    });
  } finally {
    twin?.db.close();
  }
}

function describe(sql: string, observed: Observed, columns: readonly string[]): CompiledStatement {
  // EXPLAIN compiles what it explains, and runs none of it.
  const isExplain = leadingWords(sql)[0] === 'EXPLAIN';
  return {
    sql: sql.trim(),
    isReadOnly:
      isExplain || (observed.writes.size === 0 && !observed.isSchemaChange && !observed.isHeaderChange),
    reads: [...observed.reads].sort(),
    writes: isExplain ? [] : writesOf(observed),
    isSchemaChange: !isExplain && observed.isSchemaChange,
    parameters: parametersOf(sql).map((name) => (name.startsWith('?') ? name : name.slice(1))),
    columns,
  };
}

function writesOf(observed: Observed): CompiledStatement['writes'] {
  const writes = [...observed.writes].map((write) => {
    const [kind, table] = splitOnce(write);
    return { table, kind: kind as CompiledStatement['writes'][number]['kind'] };
  });
  return writes.sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : a.kind < b.kind ? -1 : 1));
}

function splitOnce(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

// Compiles the statements of a text in turn and says what each would read and write. Runs none.

import type { CompiledStatement } from '../../../target/target.ts';
import { leadingWords, parametersOf } from '../../statements.ts';
import { newObserved, type Observed } from '../guard.ts';
import { prepareGuarded, statementsOf } from '../prepare.ts';
import type { Work } from '../work.ts';

export function compile(
  { connection }: Work,
  args: { readonly sql: string; readonly names?: Readonly<Record<string, string>> | undefined },
): CompiledStatement[] {
  const parts = statementsOf(connection.db, { sql: args.sql, ...(args.names ? { names: args.names } : {}) });
  return parts.map((sql) => {
    const observed = newObserved();
    const statement = prepareGuarded(connection, sql, 'write', observed);
    return describe(
      sql,
      observed,
      statement.columns().map((column) => column.name),
    );
  });
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

export function writesOf(observed: Observed): CompiledStatement['writes'] {
  return [...observed.writes].sort().map((write) => {
    const space = write.indexOf(' ');
    return {
      table: write.slice(space + 1),
      kind: write.slice(0, space) as CompiledStatement['writes'][number]['kind'],
    };
  });
}

// What a plan says of SQL: compiled on the live schema, never run.

import { formatCount } from '../../base/index.ts';
import type { CompiledStatement, ReadSession } from '../../target/index.ts';
import type { Preview } from '../action.ts';

const verbs = { insert: 'inserts into', update: 'updates', delete: 'deletes from' } as const;

/** It stands alone, and says that the backup is the way back. */
export const schemaChangeWords = 'changes the schema';

/** Names the tables that the statements read and write, and how many rows those that are written have now. */
export async function compilePreview(
  session: ReadSession,
  texts: readonly string[],
  names: Readonly<Record<string, string>> | undefined,
): Promise<Preview> {
  const compiled: CompiledStatement[] = [];
  for (const text of texts) compiled.push(...(await session.compile(text, names)));
  const isReadOnly = compiled.every((statement) => statement.isReadOnly);
  return {
    state: 'would-run',
    lines: isReadOnly ? readLines(compiled) : await writeLines(session, compiled),
    sql: compiled.map((statement) => statement.sql.trim()),
    changesSomething: !isReadOnly,
    facts: {
      reads: sorted(compiled.flatMap((statement) => statement.reads)),
      writes: sorted(compiled.flatMap((statement) => statement.writes.map(({ table }) => table))),
    },
  };
}

function readLines(compiled: readonly CompiledStatement[]): string[] {
  const tables = sorted(compiled.flatMap((statement) => statement.reads));
  return tables.length === 0 ? [] : [`reads ${tables.map((table) => `\`${table}\``).join(', ')}`];
}

async function writeLines(session: ReadSession, compiled: readonly CompiledStatement[]): Promise<string[]> {
  const lines = compiled.flatMap((statement) =>
    statement.writes.map(({ table, kind }) => ({ table, words: `${verbs[kind]} \`${table}\`` })),
  );
  const existing = new Set((await session.schema()).tables.map(({ name }) => name));
  const tables = sorted(lines.map(({ table }) => table)).filter((table) => existing.has(table));
  const counts = new Map(
    (tables.length === 0 ? [] : await session.counts(tables)).map(
      ({ table, rows }) => [table, rows] as const,
    ),
  );
  const said = lines.map(({ table, words }) => {
    const rows = counts.get(table);
    return rows === undefined ? words : `${words}, which has ${formatCount(rows, 'row')} now`;
  });
  if (compiled.some((statement) => statement.isSchemaChange)) said.push(schemaChangeWords);
  return [...new Set(said)];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

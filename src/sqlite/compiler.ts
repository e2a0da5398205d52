// SQLite as a reader of SQL: an empty database in memory in which statements are compiled and never run. No file is
// opened, no target, no row exists. Only declarations of the schema (CREATE, ALTER, DROP) take effect, on empty tables.

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** What SQLite asked its authorizer while it compiled a statement: what the statement does, in its own words. */
export interface CompiledAction {
  /** Such as `DELETE`, `CREATE_INDEX`, `PRAGMA`. */
  readonly kind: string;
  readonly first: string;
  readonly second: string;
  /** Such as `main` or `temp`; empty where it does not matter. */
  readonly database: string;
  /** The trigger, view or common table expression that it is done for. */
  readonly by: string;
}

export interface Instruction {
  readonly address: number;
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: string;
}

export interface Compilation {
  readonly actions: readonly CompiledAction[];
  /** What SQLite said against it. */
  readonly error?: string;
  /** Names of the columns of its result; empty for what gives none. */
  readonly columns: readonly string[];
}

export interface SqlCompiler {
  compile(sql: string): Compilation;
  /** The program of a statement; that of its triggers and cascades is left out. Empty when it does not compile. */
  explain(sql: string): readonly Instruction[];
  /** Lets a declaration of the schema take effect. What SQLite said against it, if anything. */
  declare(sql: string): string | undefined;
  /** Asks the database itself: Belay's own SQL, on the schema. */
  ask(sql: string, ...values: (string | number)[]): readonly Readonly<Record<string, SQLOutputValue>>[];
  /** From now on a function of this name compiles. It is never called. */
  knowFunction(name: string): void;
  close(): void;
}

/** More than any statement written by hand; a statement beyond it is an error of SQLite's. */
const longestStatement = 4 * 1024 * 1024;
/** Compiling stops when SQLite has asked so often: a statement of views within views can ask without end. */
const mostActions = 100_000;

export function openSqlCompiler(): SqlCompiler {
  // Loaded here and not at the top: most commands never read SQL.
  const { DatabaseSync, constants } = process.getBuiltinModule('node:sqlite');
  const kinds = new Map<number, string>();
  for (const [name, value] of Object.entries(constants))
    if (isActionName(name)) kinds.set(value, name.slice('SQLITE_'.length));
  const db: DatabaseSync = new DatabaseSync(':memory:', { allowExtension: false });
  const { limits } = db as { limits?: { sqlLength: number; attach: number } };
  if (limits !== undefined) Object.assign(limits, { sqlLength: longestStatement, attach: 0 });
  let actions: CompiledAction[] | undefined;
  db.setAuthorizer((action, first, second, database, by) => {
    if (actions === undefined) return constants.SQLITE_OK;
    const kind = kinds.get(action) ?? String(action);
    actions.push({
      kind,
      first: first ?? '',
      second: second ?? '',
      database: database ?? '',
      by: by ?? '',
    });
    // A PRAGMA may take effect while it is compiled.
    const isRefused = kind === 'PRAGMA' || kind === 'ATTACH' || actions.length > mostActions;
    return isRefused ? constants.SQLITE_DENY : constants.SQLITE_OK;
  });

  const observe = <T>(work: () => T): { actions: readonly CompiledAction[]; result?: T; error?: string } => {
    const observed: CompiledAction[] = [];
    actions = observed;
    try {
      return { result: work(), actions: observed };
    } catch (error) {
      return { actions: observed, error: (error as Error).message };
    } finally {
      actions = undefined;
    }
  };

  return {
    compile(sql) {
      const { actions: observed, result, error } = observe(() => db.prepare(sql));
      if (result === undefined) return { actions: observed, columns: [], ...(error ? { error } : {}) };
      const isWhole = result.sourceSQL === sql;
      return {
        actions: observed,
        columns: result.columns().map(({ name }) => name),
        ...(isWhole ? {} : { error: 'more than one statement' }),
      };
    },
    explain(sql) {
      const { result } = observe(() => db.prepare(`EXPLAIN ${sql}`));
      if (result === undefined) return [];
      const program: Instruction[] = [];
      for (const row of result.iterate()) {
        // The programs of triggers follow, each counted from 0 again.
        if (program.length > 0 && row.addr === 0) break;
        program.push({
          address: Number(row.addr),
          opcode: String(row.opcode),
          p1: Number(row.p1),
          p2: Number(row.p2),
          p3: Number(row.p3),
          p4: String(row.p4 ?? ''),
        });
      }
      return program;
    },
    declare(sql) {
      try {
        db.exec(sql);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    ask: (sql, ...values) => db.prepare(sql).all(...values),
    knowFunction: (name) => db.function(name, { varargs: true }, () => null),
    close: () => db.close(),
  };
}

/** Of the constants of node:sqlite, those that an authorizer is asked with. */
function isActionName(name: string): boolean {
  return /^SQLITE_(CREATE|DROP|ALTER|INSERT|UPDATE|DELETE|READ|SELECT|TRANSACTION|SAVEPOINT|PRAGMA|ATTACH|DETACH|REINDEX|ANALYZE|FUNCTION|RECURSIVE)/.test(
    name,
  );
}

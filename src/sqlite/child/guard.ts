// The authorizer on the executing connection: what the SQL of a runbook may do, and what SQLite says that it does.
// Off for the engine's own SQL. One callback for the life of the connection: setting it anew would expire statements.

import { constants, type DatabaseSync } from 'node:sqlite';
import { headerPragmas, isAsking, modules, readablePragmas, refusedFunctions } from '../allowed.ts';

export interface Observed {
  readonly reads: Set<string>;
  /** `kind table` */
  readonly writes: Set<string>;
  isSchemaChange: boolean;
  /** Tables that are dropped. */
  readonly drops: Set<string>;
  /** Sets `user_version` or `application_id`. */
  isHeaderChange: boolean;
  /** Makes or drops a temporary table, so that later statements cannot be compiled before it has run. */
  isTemporaryChange: boolean;
}

export interface Guard {
  /** Runs `work` with the authorizer on. The first refusal is kept in `refusal`. */
  run<T>(policy: 'read' | 'write', observed: Observed, work: () => T): T;
  /** What the last run refused, in words. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly what: string;
  readonly fix: string;
  /** Refused only because reading alone is allowed here. */
  readonly isWrite: boolean;
}

export function newObserved(): Observed {
  return {
    reads: new Set(),
    writes: new Set(),
    isSchemaChange: false,
    drops: new Set(),
    isHeaderChange: false,
    isTemporaryChange: false,
  };
}

const c = constants;
const schemaActions = new Set([
  c.SQLITE_CREATE_INDEX,
  c.SQLITE_CREATE_TABLE,
  c.SQLITE_CREATE_TRIGGER,
  c.SQLITE_CREATE_VIEW,
  c.SQLITE_DROP_INDEX,
  c.SQLITE_DROP_TABLE,
  c.SQLITE_DROP_TRIGGER,
  c.SQLITE_DROP_VIEW,
  c.SQLITE_ALTER_TABLE,
  c.SQLITE_REINDEX,
  c.SQLITE_ANALYZE,
  c.SQLITE_CREATE_VTABLE,
  c.SQLITE_DROP_VTABLE,
]);
const rowActions = new Map([
  [c.SQLITE_INSERT, 'insert'],
  [c.SQLITE_UPDATE, 'update'],
  [c.SQLITE_DELETE, 'delete'],
]);
const schemaTables = new Set(['sqlite_master', 'sqlite_schema', 'sqlite_temp_master', 'sqlite_temp_schema']);

export function createGuard(db: DatabaseSync): Guard {
  let policy: 'off' | 'read' | 'write' = 'off';
  let observed = newObserved();
  let refusal: Refusal | undefined;
  db.setAuthorizer((action, a, b, database) => {
    if (policy === 'off') return c.SQLITE_OK;
    const found = judge(action, a ?? '', b ?? '', database ?? 'main', policy, observed);
    if (!found) return c.SQLITE_OK;
    refusal ??= found;
    return c.SQLITE_DENY;
  });
  return {
    run: (nextPolicy, nextObserved, work) => {
      [policy, observed, refusal] = [nextPolicy, nextObserved, undefined];
      try {
        return work();
      } finally {
        policy = 'off';
      }
    },
    get refusal() {
      return refusal;
    },
  };
}

function judge(
  action: number,
  a: string,
  b: string,
  database: string,
  policy: 'read' | 'write',
  observed: Observed,
): Refusal | undefined {
  switch (action) {
    case c.SQLITE_ATTACH:
      return refuse('ATTACH opens another file', 'declare the other database as a target');
    case c.SQLITE_DETACH:
      return refuse('DETACH', 'remove the statement');
    case c.SQLITE_TRANSACTION:
    case c.SQLITE_SAVEPOINT:
      return refuse(
        `${action === c.SQLITE_SAVEPOINT ? 'SAVEPOINT' : a || 'transaction control'} in the SQL of a step`,
        'remove it: all statements of a step run in one transaction, which Belay begins and commits',
      );
    case c.SQLITE_PRAGMA:
      return judgePragma(a.toLowerCase(), b, policy, observed);
    case c.SQLITE_FUNCTION:
      return refusedFunctions.has(b.toLowerCase())
        ? refuse(`the function ${b}()`, 'remove the call')
        : undefined;
    case c.SQLITE_CREATE_VTABLE:
      if (!modules.has(b.toLowerCase()))
        return refuse(`a virtual table of module ${b}`, 'use fts5, rtree or geopoly');
      break;
    case c.SQLITE_CREATE_TEMP_TRIGGER:
    case c.SQLITE_CREATE_TEMP_VIEW:
      return refuse('a temporary trigger or view', 'create it in the database, or write the SQL out');
    case c.SQLITE_READ:
      observeRead(a, database, observed);
      if (a.startsWith('pragma_') && !readablePragmas.has(a.slice('pragma_'.length)))
        return refuse(`the table-valued function ${a}`, 'remove it');
      return undefined;
  }
  const kind = rowActions.get(action);
  if (kind !== undefined) {
    if (policy === 'read') return writing(`it would ${kind} rows of \`${a}\``);
    if (database === 'main' && !schemaTables.has(a)) observed.writes.add(`${kind} ${a}`);
  } else if (schemaActions.has(action)) {
    if (policy === 'read') return writing('it would change the schema');
    if (database === 'main') observed.isSchemaChange = true;
    if (action === c.SQLITE_DROP_TABLE && database === 'main') observed.drops.add(a);
  } else if (isTemporary(action)) {
    if (policy === 'read') return writing('it would create or drop a temporary table');
    observed.isTemporaryChange = true;
  }
  return undefined;
}

function judgePragma(
  name: string,
  value: string,
  policy: 'read' | 'write',
  observed: Observed,
): Refusal | undefined {
  if (isAsking(name, value)) return undefined;
  if (headerPragmas.has(name)) {
    if (policy === 'read') return writing(`it would set ${name}`);
    observed.isHeaderChange = true;
    return undefined;
  }
  if (name === 'defer_foreign_keys' && policy === 'write') return undefined;
  return refuse(
    `PRAGMA ${name}${readablePragmas.has(name) ? ` = ${value}` : ''}`,
    'use `sqlite.configure`, `sqlite.vacuum`, `sqlite.optimize` or `sqlite.checkpoint`',
  );
}

function observeRead(table: string, database: string, observed: Observed): void {
  if (database === 'main' && !schemaTables.has(table) && !table.startsWith('pragma_'))
    observed.reads.add(table);
}

function isTemporary(action: number): boolean {
  return (
    action === c.SQLITE_CREATE_TEMP_TABLE ||
    action === c.SQLITE_CREATE_TEMP_INDEX ||
    action === c.SQLITE_DROP_TEMP_TABLE ||
    action === c.SQLITE_DROP_TEMP_INDEX
  );
}

function refuse(what: string, fix: string): Refusal {
  return { what, fix, isWrite: false };
}

function writing(what: string): Refusal {
  return { what, fix: 'use `sqlite.execute`', isWrite: true };
}

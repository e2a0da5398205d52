// From what SQLite asked its authorizer to what a statement does. Its first words decide only where SQLite asks nothing.

import { type CompiledAction, leadingWords } from '../../sqlite/index.ts';
import { unknownTable } from './assume.ts';
import type { SchemaObject, SqlStatementReading, StatementKind, TableWrite } from './reading.ts';

export type Classified = Pick<
  SqlStatementReading,
  | 'kind'
  | 'table'
  | 'functions'
  | 'tablesRead'
  | 'tablesWritten'
  | 'transaction'
  | 'pragma'
  | 'file'
  | 'object'
>;

export function classify(sql: string, actions: readonly CompiledAction[]): Classified {
  if (leadingWords(sql)[0] === 'EXPLAIN')
    return { kind: 'explain', tablesRead: [], tablesWritten: [], functions: [] };
  const own = actions.find(({ kind }) => kind in ownKinds);
  const declared =
    actions.find(({ kind }) => kind === 'ALTER_TABLE') ??
    actions.find(({ kind }) => /^(CREATE|DROP)_/.test(kind));
  const object = declared && objectOf(declared);
  // ANALYZE makes its own table.
  const isAnalyze = object?.name.startsWith('sqlite_stat') === true;
  const row = actions.find((action) => action.by === '' && isRowAction(action));
  const kind: StatementKind =
    object !== undefined && !isAnalyze
      ? kindOfDeclaration(declared?.kind ?? '')
      : own !== undefined
        ? (ownKinds[own.kind] ?? 'unknown')
        : isAnalyze
          ? 'analyze'
          : row !== undefined
            ? operationOf(row)
            : kindOfWords(sql, actions);
  const transaction = own && transactionOf(own);
  const table = object !== undefined && !isAnalyze ? tableOf(object) : row?.first;
  return {
    kind,
    ...(table === undefined ? {} : { table }),
    functions: unique(
      actions.filter(({ kind }) => kind === 'FUNCTION').map(({ second }) => second.toLowerCase()),
    ),
    tablesRead: unique(actions.filter(isTableRead).map(({ first }) => first)),
    tablesWritten: isAnalyze ? [] : writesOf(actions, object, kind),
    ...(transaction === undefined ? {} : { transaction }),
    ...(own?.kind === 'PRAGMA' && kind === 'pragma'
      ? { pragma: { name: own.first.toLowerCase(), value: own.second } }
      : {}),
    ...(own?.kind === 'ATTACH' ? { file: own.first } : {}),
    ...(object === undefined || isAnalyze ? {} : { object }),
  };
}

const ownKinds: Readonly<Record<string, StatementKind>> = {
  TRANSACTION: 'transaction',
  SAVEPOINT: 'transaction',
  PRAGMA: 'pragma',
  ATTACH: 'attach',
  DETACH: 'detach',
  ANALYZE: 'analyze',
};

const wordKinds: Readonly<Record<string, StatementKind>> = {
  SELECT: 'select',
  VALUES: 'select',
  WITH: 'select',
  INSERT: 'insert',
  REPLACE: 'insert',
  UPDATE: 'update',
  DELETE: 'delete',
  CREATE: 'create',
  ALTER: 'alter',
  DROP: 'drop',
  VACUUM: 'vacuum',
  REINDEX: 'reindex',
  ANALYZE: 'analyze',
  PRAGMA: 'pragma',
};

function kindOfWords(sql: string, actions: readonly CompiledAction[]): StatementKind {
  if (actions.some(({ kind }) => kind === 'REINDEX')) return 'reindex';
  return wordKinds[leadingWords(sql)[0] ?? ''] ?? 'unknown';
}

function kindOfDeclaration(kind: string): StatementKind {
  return kind === 'ALTER_TABLE' ? 'alter' : kind.startsWith('CREATE_') ? 'create' : 'drop';
}

function objectOf({ kind, first, second }: CompiledAction): SchemaObject {
  if (kind === 'ALTER_TABLE') return { type: 'table', name: second, isTemporary: first === 'temp' };
  const isTemporary = kind.includes('_TEMP_');
  if (kind.endsWith('_VTABLE')) return { type: 'virtual-table', name: first, isTemporary };
  if (kind.endsWith('_INDEX') || kind.endsWith('_TRIGGER'))
    return {
      type: kind.endsWith('_INDEX') ? 'index' : 'trigger',
      name: first,
      // Of one that is only dropped, nobody said where it is.
      ...(second === '' || second === unknownTable ? {} : { table: second }),
      isTemporary,
    };
  return { type: kind.endsWith('_VIEW') ? 'view' : 'table', name: first, isTemporary };
}

function tableOf({ type, name, table }: SchemaObject): string | undefined {
  return type === 'index' || type === 'trigger' ? table : name;
}

function transactionOf({ kind, first }: CompiledAction): SqlStatementReading['transaction'] {
  if (kind === 'SAVEPOINT')
    return first === 'BEGIN' ? 'savepoint' : first === 'RELEASE' ? 'release' : 'rollback';
  if (kind !== 'TRANSACTION') return undefined;
  return first === 'BEGIN' ? 'begin' : first === 'ROLLBACK' ? 'rollback' : 'commit';
}

function writesOf(
  actions: readonly CompiledAction[],
  object: SchemaObject | undefined,
  kind: StatementKind,
): TableWrite[] {
  const writes: TableWrite[] = [];
  if (object !== undefined && (kind === 'create' || kind === 'alter' || kind === 'drop'))
    writes.push({ table: tableOf(object) ?? object.name, operation: kind });
  // A DROP TABLE also deletes the rows, which goes without saying.
  if (kind !== 'drop' && kind !== 'create' && kind !== 'alter')
    for (const action of actions)
      if (isRowAction(action))
        writes.push({
          table: action.first,
          operation: operationOf(action),
          ...(action.by === '' ? {} : { by: action.by }),
        });
  const seen = new Set<string>();
  return writes.filter(({ table, operation, by }) => {
    const key = JSON.stringify([table, operation, by]);
    return !seen.has(key) && seen.add(key);
  });
}

function isRowAction({ kind, first }: CompiledAction): boolean {
  return (kind === 'INSERT' || kind === 'UPDATE' || kind === 'DELETE') && !isInternal(first);
}

function operationOf({ kind }: CompiledAction): 'insert' | 'update' | 'delete' {
  return kind === 'INSERT' ? 'insert' : kind === 'UPDATE' ? 'update' : 'delete';
}

function isTableRead({ kind, first }: CompiledAction): boolean {
  return kind === 'READ' && first !== '' && !isInternal(first) && !first.startsWith('pragma_');
}

function isInternal(table: string): boolean {
  return /^sqlite_(?:temp_)?(?:master|schema)$|^sqlite_stat\d$/.test(table);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

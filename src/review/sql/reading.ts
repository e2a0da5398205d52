// What SQL says, as plain values: one entry per statement, in order. Everything in it is SQLite's own answer.

export type StatementKind =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'create'
  | 'alter'
  | 'drop'
  | 'transaction'
  | 'pragma'
  | 'attach'
  | 'detach'
  | 'vacuum'
  | 'analyze'
  | 'reindex'
  | 'explain'
  /** SQLite does not compile it, and its first word says nothing. */
  | 'unknown';

export interface TableWrite {
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete' | 'create' | 'alter' | 'drop';
  /** The trigger that does it; absent for what the statement does itself, also by a foreign key. */
  readonly by?: string;
}

export interface SchemaObject {
  readonly type: 'table' | 'virtual-table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  /** Of an index or trigger: the table that it belongs to. */
  readonly table?: string;
  readonly isTemporary: boolean;
}

/** A value of a parameter that a predicate compares with a column. */
export interface Comparison {
  readonly table: string;
  readonly column: string;
  /** With its sigil, such as `:cutoff`. */
  readonly parameter: string;
}

export interface SqlStatementReading {
  /** Without the space before it. */
  readonly sql: string;
  /** Of its first character in the text. */
  readonly offset: number;
  readonly kind: StatementKind;
  /** The table that the statement names as its own: of an INSERT, UPDATE, DELETE, ALTER or DROP. */
  readonly table?: string;
  readonly tablesRead: readonly string[];
  /** Lower-case names of the functions that it calls. */
  readonly functions: readonly string[];
  /** Also through triggers and cascades, as far as the schema is known. */
  readonly tablesWritten: readonly TableWrite[];
  /** Of an UPDATE or DELETE: whether it can leave a row of its table alone. False without WHERE, and for `WHERE 1=1`. */
  readonly hasPredicate?: boolean;
  /** It has a LIMIT. */
  readonly isBounded: boolean;
  readonly comparisons: readonly Comparison[];
  readonly transaction?: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release';
  readonly pragma?: { readonly name: string; readonly value: string };
  /** Of an ATTACH; of a VACUUM INTO it is not known. */
  readonly file?: string;
  /** It writes another file: VACUUM INTO. */
  readonly isCopy?: boolean;
  /** What it creates, alters or drops. */
  readonly object?: SchemaObject;
  /** The table of `object` before and after it. */
  readonly before?: TableShape;
  readonly after?: TableShape;
  /** What SQLite would check on the rows of the table when it runs, in its own words: `Cannot add a …`. */
  readonly conditions: readonly string[];
  /** Tables of which nothing was known: stand-ins were made of what this text says of them. */
  readonly assumed: readonly string[];
  /** Why SQLite does not compile it. */
  readonly problem?: string;
  /** It was not given to SQLite at all: `problem` says why, and only its first word is known. */
  readonly isUnread?: true;
}

export interface SqlReading {
  readonly statements: readonly SqlStatementReading[];
  /** What could not be read, with the reason. */
  readonly problems: readonly SqlProblem[];
}

export interface SqlProblem {
  readonly offset: number;
  readonly message: string;
}

export interface TableShape {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual-table';
  readonly columns: readonly ColumnShape[];
  readonly indexes: readonly IndexShape[];
  readonly foreignKeys: readonly ForeignKeyShape[];
  readonly isWithoutRowid: boolean;
  /** A stand-in: only what the SQL says of it is known. */
  readonly isAssumed: boolean;
}

export interface ColumnShape {
  readonly name: string;
  /** As declared; empty when it has none. */
  readonly type: string;
  readonly isNotNull: boolean;
  /** As written; absent when there is none. */
  readonly default?: string;
  /** Place in the primary key, from 1; 0 when it is no part of it. */
  readonly keyPlace: number;
  readonly isGenerated: boolean;
}

export interface IndexShape {
  readonly name: string;
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
}

export interface ForeignKeyShape {
  readonly columns: readonly string[];
  readonly table: string;
  readonly onDelete: string;
}

// What a database says of its schema, and SQL as it goes to a session and comes back. Plain values.

export interface ColumnSchema {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** Position in the primary key from 1; 0 when not part of it. */
  readonly primaryKey: number;
  readonly isGenerated: boolean;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly onDelete: string;
}

export interface TableSchema {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual' | 'shadow';
  readonly isWithoutRowid: boolean;
  readonly columns: readonly ColumnSchema[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly isUnique: boolean;
  }[];
}

export interface DatabaseSchema {
  readonly tables: readonly TableSchema[];
}

/** A value that SQLite can bind or return. Integers beyond 2^53 never get here: they are an error at the boundary. */
export type SqlValue = null | number | string | Uint8Array;
export type SqlParams = Readonly<Record<string, SqlValue>> | readonly SqlValue[];

export interface SqlStatement {
  readonly sql: string;
  readonly params?: SqlParams;
  /** Fills `"$name"` in the SQL with a quoted identifier, checked against the live schema. */
  readonly names?: Readonly<Record<string, string>>;
  /** Bounds on changed rows, checked before COMMIT. */
  readonly changes?: { readonly min?: number; readonly max?: number };
}

/** What SQLite's compiler says of one statement of a text. Source: the authorizer on the executing connection. */
export interface CompiledStatement {
  readonly sql: string;
  readonly isReadOnly: boolean;
  readonly reads: readonly string[];
  /** Tables written, also through triggers and cascades. */
  readonly writes: readonly { readonly table: string; readonly kind: 'insert' | 'update' | 'delete' }[];
  readonly isSchemaChange: boolean;
  /** Names of parameters that the statement takes, without the sigil. */
  readonly parameters: readonly string[];
  readonly columns: readonly string[];
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
}

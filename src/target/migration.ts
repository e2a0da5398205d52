// What a session is told of a migration, and what it reports back. Reading files and deciding which of them run is
// `operation/migrate/`; here a migration is a list of statements that commit together.

export interface MigrationStatement {
  readonly sql: string;
  /** Place in the file, from 1. */
  readonly line: number;
  readonly column: number;
}

export interface MigrationScript {
  /** Name of the file, or of the folder that holds `up.sql`. */
  readonly name: string;
  /** Transaction control and settings of the connection taken out: the whole script is one transaction. */
  readonly statements: readonly MigrationStatement[];
  /** The file switches `foreign_keys` off, or an earlier try has shown that a rebuild needs it. */
  readonly foreignKeysOff: boolean;
  /** The file asks for `PRAGMA legacy_alter_table = ON`. */
  readonly legacyAlterTable: boolean;
  readonly ledger: LedgerEntry;
}

/** Written in the transaction of its migration. */
export interface LedgerEntry {
  readonly table: string;
  /** Makes the table when it is not there. */
  readonly create?: string;
  /** Column that names the migration, and the name. */
  readonly key: { readonly column: string; readonly value: string | number };
  /** The row of `up`, the key included; absent: `down`, the row goes. */
  readonly row?: Readonly<Record<string, string | number>>;
}

export interface MigrationEffects {
  readonly name: string;
  readonly schema: SchemaChanges;
  /** Only tables whose rows changed. */
  readonly rows: readonly RowChanges[];
  readonly foreignKeysOff: boolean;
  /** Objects that went with a table of the same file and were not made again, such as `index items_by_name`. */
  readonly lost: readonly string[];
  /** Pages of the file that the transaction kept for its rollback, in bytes; 0 in WAL mode. */
  readonly journalBytes: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly durationMs: number;
}

/** Such as `table items`, sorted. */
export interface SchemaChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface RowChanges {
  readonly table: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** The table was dropped, made or renamed: rows are the difference of two counts, those changed in place unknown. */
  readonly isRebuilt: boolean;
}

export interface Rehearsal {
  readonly effects: readonly MigrationEffects[];
  /** Problems that the check of the migrated copy found. */
  readonly problems: readonly string[];
  readonly sizeBytes: number;
  readonly durationMs: number;
}

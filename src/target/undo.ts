// What a session is asked when rows are taken back, and what it answers. Plain values.

import type { SqlValue } from './schema.ts';

export type ChangesetState = 'applied' | 'not-applied' | 'mixed';

/** Table name to the names of its columns that are not generated, in order. */
export type RecordedColumns = Readonly<Record<string, readonly string[]>>;

export interface UndoRequest {
  /** Newest first. */
  readonly changesets: readonly Uint8Array[];
  /**
   * `abort`: any row that others have changed since stops it all. `keep`: their rows stay, ours elsewhere go back.
   * `discard`: the recorded old values win.
   */
  readonly onConflict: 'abort' | 'keep' | 'discard';
  /** `sqlite_sequence` as recorded before our first write; put back only where the value is still ours. */
  readonly sequences?: { readonly before: SequenceValues; readonly after: SequenceValues };
  /** As announced with the changesets; without them only number and key of the columns are compared. */
  readonly columns?: RecordedColumns;
}

/** `sqlite_sequence`: table name to value. */
export type SequenceValues = Readonly<Record<string, number>>;

export interface UndoPrepared {
  readonly state: 'prepared' | 'conflicts';
  /** Rows that would go back. */
  readonly rows: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly conflicts: readonly RowConflict[];
}

/** A row that is not as we left it. Values are shown, never more than 1,000 rows. */
export interface RowConflict {
  readonly table: string;
  readonly key: Readonly<Record<string, SqlValue>>;
  /** What we wrote; null when we had deleted it. */
  readonly ours: Readonly<Record<string, SqlValue>> | null;
  /** What is there now; null when it is gone. */
  readonly theirs: Readonly<Record<string, SqlValue>> | null;
  readonly why: 'changed' | 'missing' | 'already-there' | 'constraint' | 'foreign-key';
}

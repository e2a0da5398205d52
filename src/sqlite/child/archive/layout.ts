// What lies in the folder of an archive: a header first, one file of rows for each table, an index of durable chunks,
// and last a manifest with the sha256 of each file. Version 1; a field once written keeps its meaning.

export const archiveVersion = 1;
export const headerName = 'header.json';
export const indexName = 'chunks.jsonl';
export const manifestName = 'manifest.json';

export type ArchiveFormat = 'jsonl' | 'csv' | 'sql';

/** A value exactly as SQLite keeps it. Bytes that are no UTF-8 in a TEXT stay bytes. */
export type ExactValue = null | bigint | number | string | Uint8Array | RawText;

/** Text whose bytes are no UTF-8. */
export interface RawText {
  readonly textBytes: Uint8Array;
}

export interface ArchivedTable {
  readonly table: string;
  readonly file: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** What names a row again: its primary key, or the rowid of a table without one. */
  readonly key: readonly string[];
  /** The first value of each row is its rowid, under this name. */
  readonly rowid?: string;
}

export interface ArchiveHeader {
  readonly belayArchive: typeof archiveVersion;
  readonly format: ArchiveFormat;
  readonly run: string;
  readonly step: string;
  readonly table: string;
  readonly predicate: string;
  /** As they were bound; bytes as hexadecimal text after `x:`. */
  readonly params: Readonly<Record<string, string | number | null>>;
  /** Parents before their children. */
  readonly tables: readonly ArchivedTable[];
}

/** One line of the index: durable before its chunk may be committed. */
export interface ArchivedChunk {
  readonly chunk: number;
  readonly files: Readonly<Record<string, ArchivedPart>>;
}

export interface ArchivedPart {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly sha256: string;
}

export interface ArchiveManifest extends ArchiveHeader {
  readonly chunks: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Rows of other tables whose reference was set to NULL or a default; they are not in the archive. */
  readonly changed: Readonly<Record<string, number>>;
  readonly sha256: Readonly<Record<string, string>>;
  readonly finishedAt: string;
}

/** Names of the values of a row, in order. */
export function namesOf(table: ArchivedTable): string[] {
  const columns = table.columns.map(({ name }) => name);
  return table.rowid === undefined ? columns : [table.rowid, ...columns];
}

// What a backup says of itself. Version 1; a newer version is refused, never guessed.

export interface Manifest {
  readonly version: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly target: {
    /** Group in the store: catalogue name, else base name and 8 hex of the real path. */
    readonly group: string;
    readonly name: string;
    readonly realPath: string;
    readonly device: string;
    readonly inode: string;
    readonly ownerId: number;
    readonly groupId: number;
    readonly mode: number;
  };
  readonly run: string | null;
  readonly step: string | null;
  readonly label: string | null;
  readonly belayVersion: string;
  readonly database: {
    readonly sizeBytes: number;
    readonly pageSize: number;
    readonly pageCount: number;
    readonly encoding: string;
    /** Of the source; the artifact itself is in rollback-journal form. */
    readonly journalMode: string;
    readonly applicationId: number;
    readonly userVersion: number;
    /** Content hash v1. */
    readonly contentHash: string;
    /** sha256 of the uncompressed artifact. */
    readonly sha256: string;
    readonly tables: readonly { readonly table: string; readonly rows: number }[];
  };
  readonly artifact: {
    readonly file: string;
    readonly compression: 'zstd';
    readonly sizeBytes: number;
    /** sha256 of the compressed artifact. */
    readonly sha256: string;
  };
  readonly verification: {
    readonly level: 'quick' | 'integrity';
    readonly at: string;
    readonly problems: readonly string[];
  };
}

/** A backup as commands and expressions see it. */
export interface BackupEntry {
  readonly id: string;
  readonly target: string;
  readonly createdAt: string;
  readonly path: string;
  readonly label: string | null;
  readonly run: string | null;
  readonly sizeBytes: number;
  readonly databaseBytes: number;
  /** `no`: incomplete or unreadable, with `problem`. */
  readonly verified: 'quick' | 'integrity' | 'no';
  readonly contentHash: string | null;
  readonly problem?: string;
}

// What a session is asked when rows are chosen, archived and deleted, and what it answers. Plain values.

import type { SqlParams } from './schema.ts';

export interface PruneSelection {
  readonly table: string;
  /** One whole predicate over the table, compiled by SQLite under an authorizer that only reads. */
  readonly where: string;
  readonly params?: SqlParams;
  /** `declared`: rows that foreign keys lead to go with their parents. Default `none`: they stand in the way. */
  readonly cascade?: 'declared' | 'none';
  /** Children without a declared key. */
  readonly children?: readonly PruneChild[];
  /** Tables may be read whole for want of an index. */
  readonly allowScan?: boolean;
  readonly archive?: {
    readonly to: string;
    readonly format: 'jsonl' | 'csv' | 'sql';
    readonly run: string;
    readonly step: string;
  };
}

export interface PruneChild {
  readonly table: string;
  readonly key: string;
  /** Default: the table of the prune. */
  readonly parent?: string;
  /** Default: the primary key of the parent. */
  readonly parentKey?: string;
}

export interface PruneCounts {
  /** Of the table of the prune, which is the first of `tables`. */
  readonly planned: number;
  readonly tableRows: number;
  readonly tables: readonly {
    readonly table: string;
    readonly planned: number;
    readonly tableRows: number;
    /** Rows that stay, their reference set to NULL or a default. */
    readonly changed: number;
  }[];
}

export interface PruneChunk {
  /** Of the table of the prune. */
  readonly deleted: number;
  readonly remaining: number;
  /** Selected rows that are dealt with. */
  readonly taken: number;
  readonly lockedMs: number;
  /** Selected rows that stay, because rows hang on them that were not there when all were counted. */
  readonly kept: number;
  readonly tables: readonly {
    readonly table: string;
    readonly deleted: number;
    readonly archived: number;
    readonly changed: number;
  }[];
}

export interface ImportedRows {
  readonly tables: readonly { readonly table: string; readonly loaded: number; readonly present: number }[];
  /** False: the run that wrote the archive was interrupted; all its durable rows were read. */
  readonly isFinished: boolean;
}

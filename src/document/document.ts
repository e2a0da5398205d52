// The contract of a document: YAML text with a place for every value.

import type { Finding, Place } from '../diagnostic/index.ts';

export interface Source {
  /** As shown in findings. */
  readonly file: string;
  readonly text: string;
}

/** Keys and indexes from the root. */
export type Path = readonly (string | number)[];

export interface Document {
  readonly source: Source;
  /** Plain JSON values. */
  readonly value: unknown;
  /** The place of the value at `path`, or of the nearest parent that exists. */
  place(path: Path): Place;
  /** The place of the key itself; for unknown and missing keys. */
  keyPlace(path: Path): Place;
  /** The place of `offset` characters into the string at `path`, also in block scalars. */
  offsetPlace(path: Path, offset: number, length: number): Place;
}

export type DocumentKind = 'runbook' | 'project' | 'test';

export interface ParsedDocument {
  /** Absent when the text cannot be read as one document. */
  readonly document?: Document;
  readonly findings: readonly Finding[];
}

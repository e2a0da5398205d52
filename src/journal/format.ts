// The format of journal.db (docs/decisions/0001-journal-format.md): schema, canonical JSON, hash chain.
// A change here is a new schema version; what is written stays readable for ever.

import { createHash } from 'node:crypto';

export const schemaVersion = 1;
/** `Bela`, in the header of the file: tells a journal from any other database. */
export const applicationId = 0x42656c61;
/** What the first event follows. */
export const genesisHash = '0'.repeat(64);

export const schemaSql = `
  CREATE TABLE meta(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE events(
    sequence INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_run ON events(run_id, sequence);
  CREATE TABLE blobs(
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE runs(
    run_id TEXT PRIMARY KEY,
    runbook TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_start ON runs(first_sequence);
  INSERT INTO meta(id, schema_version) VALUES (1, ${schemaVersion});
  PRAGMA application_id = ${applicationId};
`;

/** One row of `events`. */
export interface EventRow {
  readonly sequence: number;
  readonly run_id: string;
  readonly at: string;
  readonly body: string;
  readonly hash: string;
}

/** sha256, in hex, over the previous hash, sequence, run, time and body, each ended by a newline. */
export function eventHash(previousHash: string, row: Omit<EventRow, 'hash'>): string {
  // None of the parts holds a newline: canonical JSON escapes it, and the journal refuses other run ids.
  return sha256(`${previousHash}\n${row.sequence}\n${row.run_id}\n${row.at}\n${row.body}\n`);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** JSON with the keys of every object sorted by code unit, without white space, undefined members left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const plain = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
  if (plain !== value) return sorted(plain);
  // A null prototype, so that a key `__proto__` stays a key.
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    result[key] = sorted(member);
  return result;
}

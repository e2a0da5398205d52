// Proves the chain: every event is the one that was recorded, in its place, with its blobs, and none is missing.
// Reads only. Without a head kept elsewhere a cleanly cut tail shows only in the run index.

import type { OwnDatabase } from '../sqlite/index.ts';
import { type EventRow, eventHash, genesisHash, sha256 } from './format.ts';
import type { Journal } from './journal.ts';

const columns = 'sequence, run_id, at, body, hash';

export function auditJournal(database: OwnDatabase, expectedHead?: string): ReturnType<Journal['audit']> {
  // One read transaction: another process may append meanwhile.
  return database.transaction(() => {
    let previous = genesisHash;
    let events = 0;
    let isExpectedSeen = expectedHead === undefined || expectedHead === genesisHash;
    const fail = (problem: string) => ({ ok: false, events, head: previous, problem });
    for (const row of database
      .prepare<[], EventRow>(`SELECT ${columns} FROM events ORDER BY sequence`)
      .iterate()) {
      const sequence = events + 1;
      if (row.sequence !== sequence) return fail(missing(sequence, row.sequence));
      if (eventHash(previous, row) !== row.hash) return fail(mismatch(database, previous, row));
      const blob = blobProblem(database, row);
      if (blob) return fail(blob);
      previous = row.hash;
      events = sequence;
      isExpectedSeen ||= row.hash === expectedHead;
    }
    const indexed =
      database.prepare<[], number | null>('SELECT max(last_sequence) FROM runs').pluck().get() ?? 0;
    if (indexed > events)
      return fail(`the journal ends at event ${events}, but event ${indexed} was recorded`);
    if (!isExpectedSeen)
      return fail(
        `the expected head is not in the journal: events at its end were removed, or it is another journal`,
      );
    return { ok: true, events, head: previous };
  })();
}

function missing(expected: number, found: number): string {
  return found - 1 === expected
    ? `event ${expected} is missing`
    : `events ${expected} to ${found - 1} are missing`;
}

/** Says, when it can, that an event was moved and not changed. */
function mismatch(database: OwnDatabase, previous: string, row: EventRow): string {
  // On its own: the outer statement is still open on this connection, which allows further reads.
  const later = database
    .prepare<[number], EventRow>(`SELECT ${columns} FROM events WHERE sequence > ? ORDER BY sequence`)
    .iterate(row.sequence);
  for (const other of later)
    if (eventHash(previous, { ...other, sequence: row.sequence }) === other.hash)
      return `event ${row.sequence} is not in its place: it is now event ${other.sequence}`;
  return `event ${row.sequence} (${row.run_id}) is not what was recorded`;
}

function blobProblem(database: OwnDatabase, row: EventRow): string | undefined {
  const reference = /"changeset":\{"sha256":"([0-9a-f]{64})"/.exec(row.body)?.[1];
  if (reference === undefined) return undefined;
  const bytes = database
    .prepare<[string], Uint8Array>('SELECT bytes FROM blobs WHERE sha256 = ?')
    .pluck()
    .get(reference);
  if (bytes === undefined) return `the changeset of event ${row.sequence} is missing`;
  return sha256(bytes) === reference
    ? undefined
    : `the changeset of event ${row.sequence} is not what was recorded`;
}

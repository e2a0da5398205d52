// A changeset turned round, as `sqlite3changeset_invert` does it: applied, it takes the first one back.

import { type Change, type ChangedTable, parseChangeset } from './parse.ts';
import { absent, encodeVarint } from './value.ts';

const codes = { insert: '\x12', delete: '\x09', update: '\x17' };

/** Order of tables and rows is kept; so turning round twice gives the same bytes. */
export function invertChangeset(changeset: Uint8Array): Uint8Array {
  const parts: string[] = [];
  let last: ChangedTable | undefined;
  for (const { table, change } of parseChangeset(changeset)) {
    if (table !== last) parts.push(header(table));
    last = table;
    parts.push(encodeChange(invertChange(table, change)));
  }
  return Buffer.from(parts.join(''), 'latin1');
}

function invertChange({ keyPlaces }: ChangedTable, change: Change): Change {
  const { isIndirect } = change;
  if (change.kind === 'insert') return { kind: 'delete', isIndirect, old: change.new };
  if (change.kind === 'delete') return { kind: 'insert', isIndirect, new: change.old };
  // The key never changes in an UPDATE; it stays where rows are found by it.
  return {
    kind: 'update',
    isIndirect,
    old: change.new.map((value, i) => (keyPlaces[i] ? (change.old[i] ?? absent) : value)),
    new: change.old.map((value, i) => (keyPlaces[i] ? absent : value)),
  };
}

function header({ name, keyPlaces }: ChangedTable): string {
  const bytes = Buffer.from(name, 'utf8').toString('latin1');
  return `T${encodeVarint(keyPlaces.length)}${String.fromCharCode(...keyPlaces)}${bytes}\0`;
}

function encodeChange(change: Change): string {
  const old = change.kind === 'insert' ? [] : change.old;
  const values = change.kind === 'delete' ? old : [...old, ...change.new];
  return `${codes[change.kind]}${change.isIndirect ? '\x01' : '\0'}${values.join('')}`;
}

// Ids of runs and backups: sortable by time, short enough to read out over a phone.

// No vowels and no look-alikes: an id is neither a word nor misread.
const alphabet = 'bcdfghjkmnpqrstvwxz23456789';

export type IdKind = 'run' | 'bak';

/** `run-20261121-031512-k3f9`: kind, UTC second, four random characters. */
export function createId(kind: IdKind, at: Date): string {
  const stamp = at.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  let tail = '';
  // The global, not node:crypto, which every command would load.
  for (const number of crypto.getRandomValues(new Uint32Array(4))) tail += alphabet[number % alphabet.length];
  return `${kind}-${stamp}-${tail}`;
}

export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${kind}-\\d{8}-\\d{6}-[a-z0-9]{4}$`).test(text);
}

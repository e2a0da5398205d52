// What reading a state folder that does not exist gives: a journal without runs. Writing to it is a defect.

import { genesisHash } from './format.ts';
import type { Journal } from './journal.ts';
import { resolveRunId } from './run-index.ts';

function refuseWrite(): never {
  throw new Error('append to a journal that was opened for reading');
}

export const emptyJournal: Journal = {
  append: refuseWrite,
  appendWithBlob: refuseWrite,
  readBlob: () => undefined,
  events: () => [],
  runs: () => [],
  unfinished: () => [],
  run: () => undefined,
  look: () => undefined,
  resolveRunId: (text) => resolveRunId([], text),
  head: () => ({ sequence: 0, hash: genesisHash }),
  audit: (expectedHead) =>
    expectedHead === undefined || expectedHead === genesisHash
      ? { ok: true, events: 0, head: genesisHash }
      : { ok: false, events: 0, head: genesisHash, problem: 'there is no journal, but a head was expected' },
  [Symbol.dispose]: () => {},
};

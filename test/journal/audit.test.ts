import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalJson, eventHash, genesisHash, sha256 } from '../../src/journal/format.ts';
import { openOwnDatabase } from '../../src/sqlite/index.ts';
import { openAt, runFinished, runStarted, temporaryFolder, warning } from './support.ts';

/** A journal of six events, changed by this SQL behind Belay's back. */
function tampered(sql: string, expectedHead?: (head: string) => string) {
  const folder = join(temporaryFolder(), 'state');
  let head: string;
  {
    using journal = openAt(folder);
    journal.append('run-a', runStarted());
    const bytes = new Uint8Array([1, 2, 3]);
    journal.appendWithBlob(
      'run-a',
      {
        type: 'commit-announced',
        step: 'clean',
        target: 'orders',
        effect: 'change',
        rows: 1,
        changeset: { sha256: sha256(bytes), sizeBytes: 3 },
        foreignWrites: 'none',
      },
      { sha256: sha256(bytes), bytes },
    );
    for (const message of ['one', 'two', 'three']) journal.append('run-a', warning(message));
    journal.append('run-a', runFinished());
    head = journal.head().hash;
    assert.deepEqual(journal.audit(head), { ok: true, events: 6, head });
  }
  const database = openOwnDatabase(join(folder, 'journal.db'), { journalMode: 'wal' });
  database.exec(sql);
  database.close();
  using journal = openAt(folder, { readOnly: true });
  return journal.audit(expectedHead?.(head));
}

test('an audit finds and names what was done to the journal', () => {
  const cases: [string, string, RegExp][] = [
    [
      'a changed body',
      `UPDATE events SET body = replace(body, 'two', 'six') WHERE sequence = 4`,
      /^event 4 \(run-a\) is not what was recorded$/,
    ],
    [
      'a changed time',
      `UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE sequence = 4`,
      /^event 4 .* is not what was recorded$/,
    ],
    [
      'a changed hash',
      `UPDATE events SET hash = '${genesisHash}' WHERE sequence = 3`,
      /^event 3 .* is not what was recorded$/,
    ],
    ['a removed event', 'DELETE FROM events WHERE sequence = 4', /^event 4 is missing$/],
    ['removed events', 'DELETE FROM events WHERE sequence IN (3, 4)', /^events 3 to 4 are missing$/],
    ['a removed start', 'DELETE FROM events WHERE sequence = 1', /^event 1 is missing$/],
    [
      'two events in each other’s place',
      'UPDATE events SET sequence = -4 WHERE sequence = 4; UPDATE events SET sequence = 4 WHERE sequence = 5; UPDATE events SET sequence = 5 WHERE sequence = -4',
      /^event 4 is not in its place: it is now event 5$/,
    ],
    [
      'a removed tail',
      'DELETE FROM events WHERE sequence > 4',
      /^the journal ends at event 4, but event 6 was recorded$/,
    ],
    ['a removed changeset', 'DELETE FROM blobs', /^the changeset of event 2 is missing$/],
    [
      'a changed changeset',
      `UPDATE blobs SET bytes = x'00'`,
      /^the changeset of event 2 is not what was recorded$/,
    ],
  ];
  for (const [what, sql, problem] of cases) {
    const result = tampered(sql);
    assert.equal(result.ok, false, what);
    assert.match(result.problem ?? '', problem, what);
  }
});

test('a tail that was cut together with its index is found by a head kept elsewhere', () => {
  const cut = 'DELETE FROM events WHERE sequence > 4; UPDATE runs SET last_sequence = 4';
  assert.equal(tampered(cut).ok, true);
  assert.match(tampered(cut, (head) => head).problem ?? '', /^the expected head is not in the journal/);
});

test('an older head is on the chain, an unknown one is not', () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  const first = journal.append('run-a', runStarted());
  journal.append('run-a', warning('x'));
  assert.equal(journal.audit(first.hash).ok, true);
  assert.equal(journal.audit('f'.repeat(64)).ok, false);
});

test('the hash is the documented one', () => {
  const row = {
    sequence: 1,
    run_id: 'run-a',
    at: '2026-01-01T00:00:00.000Z',
    body: canonicalJson({ b: [1, { d: 'ü', c: null }], a: undefined }),
  };
  assert.equal(row.body, '{"b":[1,{"c":null,"d":"ü"}]}');
  assert.equal(eventHash(genesisHash, row), sha256(`${'0'.repeat(64)}\n1\nrun-a\n${row.at}\n${row.body}\n`));
});

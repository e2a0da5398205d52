import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../src/journal/format.ts';
import { genesisHash } from '../../src/journal/index.ts';
import { openOwnDatabase } from '../../src/sqlite/index.ts';
import { openAt, runFinished, runStarted, temporaryFolder, warning } from './support.ts';

test('events come back in order, numbered over all runs without gaps, after the journal was closed', () => {
  const folder = join(temporaryFolder(), 'state');
  {
    using journal = openAt(folder);
    assert.deepEqual(journal.head(), { sequence: 0, hash: genesisHash });
    journal.append('run-a', runStarted());
    journal.append('run-b', runStarted({ runbook: 'weekly' }));
    journal.append('run-a', warning('low on space'));
    journal.append('run-a', runFinished());
  }
  using journal = openAt(folder, { readOnly: true });
  assert.deepEqual(
    journal.events('run-a').map(({ sequence, event }) => [sequence, event.type]),
    [
      [1, 'run-started'],
      [3, 'warning'],
      [4, 'run-finished'],
    ],
  );
  assert.deepEqual(
    journal.runs().map(({ id, state }) => [id, state]),
    [
      ['run-b', 'running'],
      ['run-a', 'succeeded'],
    ],
  );
  assert.equal(journal.run('run-a')?.warnings[0], 'low on space');
  assert.equal(journal.run('run-z'), undefined);
  assert.deepEqual(journal.audit(), { ok: true, events: 4, head: journal.head().hash });
});

test('runs are filtered by failure, runbook, start and number', () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  journal.append('run-a', runStarted());
  journal.append('run-a', runFinished('failed'));
  journal.append('run-b', runStarted({ runbook: 'weekly' }));
  const ids = (query: Parameters<typeof journal.runs>[0]) => journal.runs(query).map((run) => run.id);
  assert.deepEqual(ids({ failed: true }), ['run-a']);
  assert.deepEqual(ids({ runbook: 'weekly' }), ['run-b']);
  assert.deepEqual(ids({ limit: 1 }), ['run-b']);
  assert.deepEqual(ids({ since: new Date(Date.now() + 60_000) }), []);
});

test('a changeset is stored with the event that names it', () => {
  const folder = join(temporaryFolder(), 'state');
  const bytes = new Uint8Array([1, 2, 3]);
  const hash = sha256(bytes);
  using journal = openAt(folder);
  journal.append('run-a', runStarted());
  journal.appendWithBlob(
    'run-a',
    {
      type: 'commit-announced',
      step: 'clean',
      target: 'orders',
      effect: 'change',
      rows: 1,
      changeset: { sha256: hash, sizeBytes: 3 },
      foreignWrites: 'none',
    },
    { sha256: hash, bytes },
  );
  assert.deepEqual([...(journal.readBlob(hash) ?? [])], [1, 2, 3]);
  assert.equal(journal.readBlob('0'), undefined);
  assert.equal(journal.audit().ok, true);
});

test('every opening for writing has synchronous=FULL, also the second', () => {
  const path = join(temporaryFolder(), 'own.db');
  for (let i = 0; i < 2; i++) {
    const database = openOwnDatabase(path, { journalMode: 'wal' });
    assert.equal(database.pragma('synchronous', { simple: true }), 2);
    assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
    database.close();
  }
});

test('the state folder is private and ignored by git', () => {
  const folder = join(temporaryFolder(), 'state');
  openAt(folder)[Symbol.dispose]();
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), '*\n');
  assert.equal(statSync(join(folder, 'ballast')).size, 2 ** 20);
});

test('reading where there is no state folder creates none and finds no runs', () => {
  const folder = join(temporaryFolder(), 'state');
  using journal = openAt(folder, { readOnly: true });
  assert.deepEqual(journal.runs(), []);
  assert.deepEqual(journal.audit(), { ok: true, events: 0, head: genesisHash });
  assert.equal(journal.audit('abc').ok, false);
  assert.throws(() => journal.resolveRunId('last'), { code: 'journal/unknown-run' });
  assert.throws(() => journal.append('run-a', runStarted()), /opened for reading/);
  assert.equal(existsSync(folder), false);
});

test('reading leaves the state folder as it is and cannot write', () => {
  const folder = join(temporaryFolder(), 'state');
  {
    using journal = openAt(folder);
    journal.append('run-a', runStarted());
  }
  const before = [readdirSync(folder), sha256(readFileSync(join(folder, 'journal.db')))];
  {
    using journal = openAt(folder, { readOnly: true });
    assert.equal(journal.runs().length, 1);
    assert.throws(() => journal.append('run-a', warning('x')), { code: 'journal/write-failed' });
  }
  assert.deepEqual([readdirSync(folder), sha256(readFileSync(join(folder, 'journal.db')))], before);
});

test('a journal of a newer format is refused and not touched', () => {
  const folder = join(temporaryFolder(), 'state');
  openAt(folder)[Symbol.dispose]();
  const database = openOwnDatabase(join(folder, 'journal.db'), { journalMode: 'wal' });
  database.exec('UPDATE meta SET schema_version = 99');
  database.close();
  for (const readOnly of [true, false])
    assert.throws(() => openAt(folder, { readOnly }), { code: 'journal/newer-format' });
});

test("another program's file in the place of the journal is refused and not touched", () => {
  const folder = temporaryFolder();
  const path = join(folder, 'journal.db');
  const database = openOwnDatabase(path, { journalMode: 'delete' });
  database.exec('CREATE TABLE meta(id, schema_version)');
  database.close();
  const foreign = sha256(readFileSync(path));
  for (const readOnly of [true, false])
    assert.throws(() => openAt(folder, { readOnly }), { code: 'journal/not-a-journal' });
  assert.equal(sha256(readFileSync(path)), foreign);
  writeFileSync(
    path,
    'these are not the bytes of a database, and there are enough of them to be sure of it'.repeat(20),
  );
  const before = sha256(readFileSync(path));
  for (const readOnly of [true, false])
    assert.throws(() => openAt(folder, { readOnly }), { code: 'journal/not-a-journal' });
  assert.equal(sha256(readFileSync(path)), before);
});

test('a state folder that cannot be made says why', () => {
  const base = temporaryFolder();
  writeFileSync(join(base, 'file'), '');
  const cases: [string, RegExp][] = [
    [join(base, 'missing', 'state'), /its parent folder `.*missing` does not exist/],
    [join(base, 'file'), /a file is in its place/],
    [join(base, 'file', 'state'), /a part of its path is a file/],
  ];
  for (const [folder, message] of cases)
    assert.throws(() => openAt(folder), { code: 'journal/write-failed', exit: 4, message });
  assert.throws(() => openAt(join(base, 'file'), { readOnly: true }), { code: 'journal/unreadable' });
  mkdirSync(join(base, 'folder', 'journal.db'), { recursive: true });
  assert.throws(() => openAt(join(base, 'folder')), { code: 'journal/write-failed' });
});

test('a run is named by its id, its start, its end or `last`', () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  const ids = ['run-20260101-000000-bbbb', 'run-20260102-000000-cccc', 'run-20260102-000001-dccc'];
  for (const id of ids) journal.append(id, runStarted());
  assert.equal(journal.resolveRunId('last'), ids[2]);
  assert.equal(journal.resolveRunId(ids[0] ?? ''), ids[0]);
  assert.equal(journal.resolveRunId('bbbb'), ids[0]);
  assert.equal(journal.resolveRunId('20260101'), ids[0]);
  assert.equal(journal.resolveRunId('run-20260101'), ids[0]);
  assert.throws(() => journal.resolveRunId('ccc'), { code: 'journal/ambiguous-run', exit: 2 });
  assert.throws(() => journal.resolveRunId(''), { code: 'journal/unknown-run' });
  assert.throws(() => journal.resolveRunId('run-20260101-000000-bbbc'), {
    code: 'journal/unknown-run',
    fix: 'did you mean `run-20260101-000000-bbbb`?',
  });
});

test('an event of a run that never started is refused', () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  assert.throws(() => journal.append('run-a', warning('x')), /has not started/);
  assert.equal(journal.head().sequence, 0);
});

test('a state folder that this user may not enter is not read as one without runs', {
  skip: process.getuid?.() !== 0 && 'needs root to become another user',
}, () => {
  const folder = join(temporaryFolder(), 'state');
  openAt(folder)[Symbol.dispose]();
  chmodSync(folder, 0o700);
  process.seteuid?.(65_534);
  try {
    assert.throws(() => openAt(folder, { readOnly: true }), { code: 'journal/unreadable' });
  } finally {
    process.seteuid?.(0);
  }
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../../src/diagnostic/index.ts';
import { takeLease } from '../../../src/lease/index.ts';
import type { WriteSession } from '../../../src/target/index.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';

interface Bench {
  readonly path: string;
  readonly session: WriteSession;
  onAnnounce: () => Promise<void>;
  onCommitted: () => void;
  hasWithdrawn: boolean;
  hasCommitted: boolean;
}

async function open(t: TestContext, journalMode: string): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-guard-'));
  const path = join(folder, 'app.db');
  using db = new DatabaseSync(path);
  db.exec(
    `PRAGMA journal_mode = ${journalMode}; CREATE TABLE turn(id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO turn VALUES (1, 0)`,
  );
  const lease = await takeLease(path, {
    runId: 'run-20260101-000000-test',
    stateFolder: folder,
    operator: 'tester',
    host: 'here',
    waitMs: 1000,
  });
  const session = await sqliteDriver.openForWriting(
    { name: 'app', driver: 'sqlite', path, expect: 'ok', store: { name: 'local', path: folder } },
    {
      busyTimeoutMs: 1000,
      scratchFolder: folder,
      lease: { path: lease.path, token: lease.token },
      announce: () => bench.onAnnounce(),
      committed: () => {
        bench.onCommitted();
        bench.hasCommitted = true;
      },
      withdrawn: () => {
        bench.hasWithdrawn = true;
      },
    },
  );
  const bench: Bench = {
    path,
    session,
    onAnnounce: async () => {},
    onCommitted: () => {},
    hasCommitted: false,
    hasWithdrawn: false,
  };
  t.after(async () => {
    await session.close();
    lease.release();
    rmSync(folder, { recursive: true, force: true });
  });
  return bench;
}

function turnIn(path: string): number {
  using db = new DatabaseSync(path);
  return Number(db.prepare('SELECT n FROM turn').get()?.n);
}

/** Lets the event loop turn: a commit is over long before a timer's millisecond is. */
async function waitFor(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
}

for (const journalMode of ['wal', 'delete']) {
  test(`a stop at any instant around a commit (${journalMode}) leaves no doubt whether it was made`, async (t) => {
    const rounds = 40;
    const longestMs = journalMode === 'wal' ? 2 : 4;
    const seen = { committed: 0, not: 0 };
    // Children start slowly and use one core each: two at a time.
    const work = async (part: number): Promise<void> => {
      const bench = await open(t, journalMode);
      for (let round = part; round < rounds; round += 2) {
        const stop = new AbortController();
        const afterMs = Math.random() * longestMs;
        const isDuring = round % 5 === 0;
        bench.hasCommitted = false;
        bench.onAnnounce = async () => {
          if (isDuring) {
            setImmediate(() => stop.abort());
            await waitFor(1);
          } else void waitFor(afterMs).then(() => stop.abort());
        };
        const before = turnIn(bench.path);
        await bench.session
          .execute([{ sql: 'UPDATE turn SET n = n + 1' }], 'change', { signal: stop.signal })
          .catch(() => {});
        // The next call meets a child that ended, whichever way this one went.
        const isIn = turnIn(bench.path) === before + 1;
        assert.equal(
          bench.hasCommitted,
          isIn,
          `round ${round}, stopped ${isDuring ? 'during the announcement' : `${afterMs} ms after it`}`,
        );
        if (isDuring) assert.equal(isIn, false, 'no permit after stopping has begun');
        seen[isIn ? 'committed' : 'not']++;
      }
    };
    await Promise.all([work(0), work(1)]);
    assert.ok(seen.committed > 0 && seen.not > 0, JSON.stringify(seen));
  });
}

const add = (n: number): { sql: string } => ({ sql: `UPDATE turn SET n = n + ${n}` });

test('a commit whose confirmation cannot be recorded fails its step with that reason, and nothing follows it', async (t) => {
  const bench = await open(t, 'wal');
  const full = new Failure('journal/write-failed', 'the disk is full');
  bench.onCommitted = () => {
    throw full;
  };
  await assert.rejects(bench.session.execute([add(1)], 'change'), full);
  assert.equal(turnIn(bench.path), 1);
  assert.equal(bench.hasCommitted, false);
  assert.equal(bench.hasWithdrawn, false);
});

test('what SQLite refuses at COMMIT, before it writes, is withdrawn', async (t) => {
  const bench = await open(t, 'delete');
  using reader = new DatabaseSync(bench.path);
  // Takes its lock while the commit is announced: the writer then cannot have the file to itself.
  bench.onAnnounce = async () => {
    reader.exec('BEGIN; SELECT * FROM turn');
    reader.prepare('SELECT * FROM turn').get();
  };
  await assert.rejects(bench.session.execute([add(1)], 'change'), { code: 'target/locked' });
  assert.equal(bench.hasWithdrawn, true);
  reader.exec('ROLLBACK');
  assert.equal(turnIn(bench.path), 0);
});

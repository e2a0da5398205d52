import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { takeLease } from '../../../src/lease/index.ts';
import type { WriteSession } from '../../../src/target/index.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';

interface Bench {
  readonly path: string;
  readonly session: WriteSession;
  onAnnounce: () => Promise<void>;
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
        bench.hasCommitted = true;
      },
    },
  );
  const bench: Bench = { path, session, onAnnounce: async () => {}, hasCommitted: false };
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
    const rounds = 100;
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

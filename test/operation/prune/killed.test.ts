// The process that prunes is killed at any instant: each row is in its table or in the archive, and going on ends well.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type PruneRequest, prune } from '../../../src/operation/prune/index.ts';
import { readArchive, readRows, verifyArchive } from '../../../src/sqlite/child/archive/read-archive.ts';
import { openWriter, place, run } from '../../target/sqlite/support.ts';

const kills = Number(process.env.BELAY_PRUNE_KILLS ?? 24);
const schema = `PRAGMA journal_mode = WAL;
  CREATE TABLE runs (id INTEGER PRIMARY KEY, v);
  CREATE TABLE steps (run INTEGER NOT NULL REFERENCES runs, n INTEGER, v, PRIMARY KEY (run, n)) WITHOUT ROWID;
  CREATE TABLE notes (id INTEGER PRIMARY KEY, run INTEGER, n INTEGER, v, FOREIGN KEY (run, n) REFERENCES steps);
  CREATE INDEX notes_step ON notes (run, n);`;
const rows = `DELETE FROM notes; DELETE FROM steps; DELETE FROM runs;
  WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 120) INSERT INTO runs SELECT i, randomblob(50) FROM c;
  INSERT INTO steps SELECT id, n, 'x''"' || char(10) || n FROM runs, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3);
  INSERT INTO notes SELECT NULL, run, n, hex(randomblob(40)) FROM steps;`;

function keysIn(path: string): Set<string> {
  const db = new DatabaseSync(path);
  const of = (sql: string): string[] =>
    db
      .prepare(sql)
      .all()
      .map(({ key }) => String(key));
  const keys = [
    ...of("SELECT 'runs ' || id AS key FROM runs"),
    ...of("SELECT 'steps ' || run || ' ' || n AS key FROM steps"),
    ...of("SELECT 'notes ' || id AS key FROM notes"),
  ];
  db.close();
  return new Set(keys);
}

function keysOf(folder: string): Set<string> {
  const archive = readArchive(folder);
  verifyArchive(archive);
  return new Set(
    archive.chunks.flatMap((chunk) =>
      archive.header.tables.flatMap((table) =>
        readRows(archive, table, chunk).map(
          (row) => `${table.table} ${row.slice(0, table.key.length).join(' ')}`,
        ),
      ),
    ),
  );
}

test(`killed at ${kills} instants, a prune loses nothing and goes on where it stopped`, async (t) => {
  const at = place(t, schema);
  const seen = { beforeTheFirst: 0, between: 0, archivedOnly: 0 };
  for (let i = 0; i < kills; i++) {
    run(at.path, rows);
    rmSync(`${at.path}.belay-lock`, { force: true });
    const before = keysIn(at.path);
    const to = join(at.scratch, `archive-${i}`);
    const request: PruneRequest = {
      table: 'runs',
      rows: { where: 'id <= 100', params: {}, names: {} },
      cascade: 'declared',
      maxShare: 1,
      // Never quick enough, so that the chunks stay small.
      lockTargetMs: 0.001,
      archive: {
        to,
        format: (['jsonl', 'csv', 'sql'] as const)[i % 3] ?? 'jsonl',
        run: 'run-1',
        step: 'prune',
      },
    };
    const work = { signal: new AbortController().signal, onProgress: () => {}, onStop: () => {} };
    // Half of them in the narrow place: archived, announced, not committed.
    const inAnnouncement = i % 2 === 0 ? 1 + (i % 5) : 0;
    let announcements = 0;
    const pids: number[] = [];
    const kill = (): void => {
      const pid = pids.at(-1);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    };
    const writer = await openWriter(t, at, {
      busyTimeoutMs: 2000,
      announce: async () => {
        announcements++;
        if (announcements === inAnnouncement) kill();
      },
    });
    await writer.session.counts();
    pids.push(...writer.pids);
    const delay = inAnnouncement === 0 ? setTimeout(kill, (i * 7) % 60) : undefined;
    const first = await prune(writer.session, request, work).catch((error: Error) => error);
    clearTimeout(delay);
    await writer.session.close();
    const now = keysIn(at.path);
    const archived = announcements > 0 ? keysOf(to) : new Set<string>();
    const lost = [...before].filter((key) => !now.has(key) && !archived.has(key));
    assert.deepEqual(lost, [], `kill ${i}`);
    const both = [...archived].filter((key) => now.has(key));
    if (first instanceof Error) {
      if (now.size === before.size) seen.beforeTheFirst++;
      else seen.between++;
      if (both.length > 0) seen.archivedOnly++;
    }
    // At most one chunk: the fewest rows that one takes are ten runs with their steps and notes.
    assert.ok(both.length <= 71 * 7, `${both.length} rows are in both`);

    rmSync(`${at.path}.belay-lock`, { force: true });
    const again = await openWriter(t, at, { busyTimeoutMs: 2000 });
    const second = await prune(again.session, request, work);
    assert.equal(second.tables[0]?.deleted, [...now].filter((key) => /^runs (\d\d?|100)$/.test(key)).length);
    const complete = second.archive === undefined ? keysOf(to) : keysOf(second.archive);
    const rest = keysIn(at.path);
    assert.equal(complete.size + rest.size, before.size);
    assert.deepEqual(
      [...complete].filter((key) => rest.has(key)),
      [],
    );
    const loaded = await again.session.importRows(to);
    assert.equal(
      loaded.tables.reduce((sum, table) => sum + table.loaded, 0),
      before.size - rest.size,
    );
    assert.deepEqual(keysIn(at.path), before);
    await again.session.close();
  }
  assert.ok(seen.between > 0 && seen.archivedOnly > 0, JSON.stringify(seen));
});

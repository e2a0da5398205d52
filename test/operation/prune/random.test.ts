// Random schemas and rows against an oracle in plain JavaScript: what goes, what stays, what the archive gives back.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { prune } from '../../../src/operation/prune/index.ts';
import { openWriter, place, run } from '../../target/sqlite/support.ts';
import { type RandomCase, randomCase } from './random-case.ts';

const cases = Number(process.env.BELAY_PRUNE_CASES ?? 500);

function ridsOf(path: string, names: readonly string[]): Set<string> {
  const db = new DatabaseSync(path);
  try {
    return new Set(
      names.flatMap((name) =>
        db
          .prepare(`SELECT rid FROM "${name.replaceAll('"', '""')}"`)
          .all()
          .map(({ rid }) => `${name}:${rid}`),
      ),
    );
  } finally {
    db.close();
  }
}

/** What follows from the rows alone: parents drag their children, unless the key lets them stay. */
function expectedDeleted({ tables }: RandomCase): Set<string> {
  const gone = new Set<string>();
  for (const row of tables[0]?.rows ?? []) if (row.selected) gone.add(`${tables[0]?.name}:${row.rid}`);
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const child of tables) {
      for (const key of child.references) {
        if (key.onDelete === 'SET NULL') continue;
        const parent = tables[key.parent];
        for (const row of child.rows) {
          const to = row.parents[key.number];
          if (to === undefined || gone.has(`${child.name}:${row.rid}`) || !gone.has(`${parent?.name}:${to}`))
            continue;
          gone.add(`${child.name}:${row.rid}`);
          isGrowing = true;
        }
      }
    }
  }
  return gone;
}

test(`${cases} random schemas: what is planned is deleted, archive and rest are what was, loading gives it back`, async (t) => {
  const at = place(t, 'PRAGMA journal_mode = WAL');
  const archives = mkdtempSync(join(tmpdir(), 'belay-archives-'));
  t.after(() => rmSync(archives, { recursive: true, force: true }));
  const { session, announced } = await openWriter(t, at, { busyTimeoutMs: 2000 });
  const seen = { cascaded: 0, changed: 0, cyclic: 0, restored: 0, chunks: 0 };
  let drop = '';
  for (let seed = 1; seed <= cases; seed++) {
    const made = randomCase(seed);
    const names = made.tables.map(({ name }) => name);
    run(at.path, `PRAGMA foreign_keys = OFF; BEGIN; ${drop} ${made.sql} COMMIT;`);
    drop = names.map((name) => `DROP TABLE "${name.replaceAll('"', '""')}";`).join(' ');
    const before = ridsOf(at.path, names);
    const hash = await session.contentHash();
    const expected = expectedDeleted(made);
    const to = join(archives, String(seed));
    const label = `seed ${seed}: ${made.sql.slice(0, 2000)}`;
    announced.length = 0;
    const result = await prune(
      session,
      {
        table: names[0] ?? '',
        rows: { where: 'selected = :yes', params: { yes: 1 }, names: {} },
        cascade: 'declared',
        maxShare: 1,
        lockTargetMs: seed % 3 === 0 ? 0.001 : 50,
        archive: { to, format: made.format, run: 'run-1', step: 'prune' },
      },
      { signal: new AbortController().signal, onProgress: () => {}, onStop: () => {} },
    ).catch((error: Error) => assert.fail(`${label}: ${error.stack}`));
    const after = ridsOf(at.path, names);
    const gone = new Set([...before].filter((rid) => !after.has(rid)));
    assert.deepEqual([...gone].sort(), [...expected].sort(), label);
    for (const { table, planned, deleted, archived } of result.tables) {
      const own = [...expected].filter((rid) => rid.startsWith(`${table}:`)).length;
      assert.deepEqual([planned, deleted, archived], [own, own, own], label);
    }
    assert.deepEqual((await session.check('quick', { foreignKeys: true })).problems, [], label);
    const changed = result.tables.reduce((sum, table) => sum + table.changed, 0);
    seen.chunks += result.chunks;
    if (result.tables.slice(1).some(({ deleted }) => deleted > 0)) seen.cascaded++;
    if (changed > 0) seen.changed++;
    if (made.isCyclic) seen.cyclic++;
    if (expected.size === 0) continue;
    const manifest = JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'));
    assert.equal(
      Object.values<number>(manifest.counts).reduce((sum, count) => sum + count, 0),
      expected.size,
    );
    if (made.tables.every((table) => table.hasKey))
      assert.ok(
        announced.every(({ changeset }) => changeset),
        label,
      );
    const loaded = await session
      .importRows(to)
      .catch((error: Error) => assert.fail(`${label}: ${readdirSync(to)} ${error.stack}`));
    assert.equal(
      loaded.tables.reduce((sum, table) => sum + table.loaded, 0),
      expected.size,
      label,
    );
    if (changed === 0) {
      assert.equal(await session.contentHash(), hash, label);
      seen.restored++;
    } else {
      assert.deepEqual(ridsOf(at.path, names), before, label);
    }
    // Once more is harmless.
    const commits = announced.length;
    const again = await session.importRows(to);
    assert.equal(
      again.tables.reduce((sum, table) => sum + table.present, 0),
      expected.size,
      label,
    );
    assert.equal(announced.length, commits, label);
    rmSync(to, { recursive: true });
  }
  // The cases are of every kind.
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > cases / 20, `${kind}: ${count}`);
});

// Real databases, stores, leases and sessions for the tests of backups.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { createBackup } from '../../src/backup/create.ts';
import type { BackupEntry } from '../../src/backup/manifest.ts';
import { type FoundBackup, readBackup } from '../../src/backup/read-backup.ts';
import { systemClock } from '../../src/base/index.ts';
import { takeLease } from '../../src/lease/index.ts';
import { openLocalStore, type Store } from '../../src/store/index.ts';
import type { TargetSpec, WriteSession } from '../../src/target/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';

export interface Bench {
  readonly folder: string;
  readonly scratch: string;
  readonly spec: TargetSpec;
  readonly store: Store;
  readonly session: WriteSession;
  create(options?: Partial<Parameters<typeof createBackup>[0]>): Promise<BackupEntry>;
  found(entry: BackupEntry): Promise<FoundBackup>;
}

const cleanups = new WeakMap<TestContext, (() => unknown)[]>();

/** Last in, first out: a session ends before its folder goes. */
function onEnd(t: TestContext, work: () => unknown): void {
  const stack = cleanups.get(t) ?? [];
  if (stack.length === 0) {
    cleanups.set(t, stack);
    t.after(async () => {
      for (const cleanup of stack.toReversed()) await cleanup();
    });
  }
  stack.push(work);
}

export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-backup-'));
  onEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A database with a few hundred rows of every kind. */
export function fillDatabase(path: string, journalMode = 'wal', pageSize = 4096): void {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = ${journalMode};
    CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT, weight REAL, raw BLOB);
    CREATE TABLE tag(name TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
    CREATE INDEX note_body ON note(body);
    INSERT INTO note WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 400) SELECT value, 'note ' || value || hex(randomblob(40)), value / 3.0, randomblob(60) FROM s;
    INSERT INTO tag WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 50) SELECT 'tag ' || value, value FROM s;`);
}

/** A live database with a session under a lease, and an empty store. */
export async function bench(
  t: TestContext,
  options: { journalMode?: string; pageSize?: number } = {},
): Promise<Bench> {
  const folder = folderFor(t);
  const path = join(folder, 'app.db');
  fillDatabase(path, options.journalMode, options.pageSize);
  return benchOn(t, folder, path);
}

export async function benchOn(t: TestContext, folder: string, path: string): Promise<Bench> {
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const storeFolder = join(folder, 'store');
  const spec: TargetSpec = {
    name: 'app',
    driver: 'sqlite',
    path,
    expect: 'ok',
    store: { name: 'local', path: storeFolder },
  };
  const store = openLocalStore('local', storeFolder);
  const lease = await takeLease(path, {
    runId: 'run-20260101-000000-test',
    stateFolder: folder,
    operator: 'tester',
    host: 'here',
    waitMs: 1000,
  });
  const session = await sqliteDriver.openForWriting(spec, {
    busyTimeoutMs: 500,
    scratchFolder: scratch,
    lease: { path: lease.path, token: lease.token },
    announce: async () => {},
    committed: () => {},
  });
  onEnd(t, async () => {
    await session.close();
    lease.release();
  });
  return {
    folder,
    scratch,
    spec,
    store,
    session,
    create: async (given = {}) =>
      createBackup({
        session,
        spec,
        facts: await session.facts(),
        store,
        verify: 'integrity',
        clock: systemClock,
        runId: null,
        stepId: null,
        belayVersion: '0.0.0',
        ...given,
      }),
    found: (entry) => readBackup(store, entry.path.split('/').at(-2) ?? '', entry.id),
  };
}

/** A reason to skip, when this user or system cannot mount a small file system to fill. */
export function cannotMount(): string | false {
  if (process.getuid?.() !== 0) return 'only root may mount a small file system';
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'this system does not allow mounting';
  }
}

/** Mounts `megabytes` at `folder` until the test ends. */
export function mountSmall(t: TestContext, folder: string, megabytes: number): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onEnd(t, () => execFileSync('umount', ['-l', folder]));
}

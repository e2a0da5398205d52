// A database, a session on it, and its whole content as text.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { CommitAnnouncement, TargetSpec, WriteSession } from '../../../src/target/index.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-migrate-'));
  mkdirSync(join(folder, 'scratch'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function withDatabase<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Schema and rows of everything but the ledger; quotes and space do not count, RENAME leaves them behind. */
export function contentOf(path: string): string {
  return withDatabase(path, (db) => {
    const objects = db
      .prepare(
        `SELECT type, name, tbl_name, replace(replace(replace(sql, '"', ''), ' ', ''), char(10), '') AS sql FROM sqlite_schema
         WHERE tbl_name <> 'migrations_applied' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
      )
      .all();
    const shadows = new Set(
      db
        .prepare("SELECT name FROM pragma_table_list WHERE type = 'shadow'")
        .all()
        .map(({ name }) => name),
    );
    const rows = objects
      .filter(({ type, name }) => type === 'table' && !shadows.has(name))
      .map(({ name }) => {
        const found = db.prepare(`SELECT * FROM "${String(name)}"`).all();
        return [name, found.map((row) => JSON.stringify(row)).sort()];
      });
    return JSON.stringify([objects.filter(({ name }) => !shadows.has(name)), rows], undefined, 1);
  });
}

export function ledgerOf(path: string): string[] {
  return withDatabase(path, (db) => {
    const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations_applied'").get();
    if (!exists) return [];
    return db
      .prepare('SELECT filename FROM migrations_applied ORDER BY id')
      .all()
      .map(({ filename }) => String(filename));
  });
}

export function copyDatabase(from: string, to: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(to + suffix, { force: true });
  copyFileSync(from, to);
}

export interface Opened {
  readonly session: WriteSession;
  /** Of the newest child. */
  pid: number;
}

export async function open(
  folder: string,
  path: string,
  announce: (commit: CommitAnnouncement) => Promise<void> = async () => {},
): Promise<Opened> {
  const lease = `${path}.lease`;
  rmSync(lease, { force: true });
  withDatabase(lease, (db) =>
    db.exec(
      `CREATE TABLE lease (id INTEGER PRIMARY KEY CHECK (id = 1), run_id TEXT, token INTEGER NOT NULL, state_folder TEXT,
       operator TEXT, host TEXT, pid INTEGER, taken_at TEXT); INSERT INTO lease (id, token) VALUES (1, 7)`,
    ),
  );
  const spec: TargetSpec = {
    name: 'db',
    driver: 'sqlite',
    path,
    expect: 'ok',
    store: { name: 'local', path: join(folder, 'store') },
  };
  const opened = { pid: 0 };
  const session = await sqliteDriver.openForWriting(spec, {
    busyTimeoutMs: 500,
    scratchFolder: join(folder, 'scratch'),
    lease: { path: lease, token: 7 },
    announce,
    committed: () => {},
    onProcess: ({ pid }) => {
      opened.pid = pid;
    },
  });
  return Object.assign(opened, { session });
}

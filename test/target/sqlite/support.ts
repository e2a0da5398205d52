// Real databases and real processes for the tests of the SQLite target.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { Failure } from '../../../src/diagnostic/index.ts';
import type { CommitAnnouncement, WriteSession } from '../../../src/target/session.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';
import type { TargetSpec } from '../../../src/target/target.ts';

export interface Place {
  readonly folder: string;
  readonly path: string;
  readonly scratch: string;
  readonly spec: TargetSpec;
}

/** A private folder, removed after the test, with a database made by `sql` when it is given. */
export function place(t: TestContext, sql?: string): Place {
  const root = mkdtempSync(join(tmpdir(), 'belay-target-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const [folder, scratch] = [join(root, 'data'), join(root, 'scratch')];
  mkdirSync(folder);
  mkdirSync(scratch);
  const path = join(folder, 'app.db');
  if (sql !== undefined) run(path, sql);
  return { folder, path, scratch, spec: specOf(path) };
}

export function specOf(path: string): TargetSpec {
  return { name: 'db', driver: 'sqlite', path, expect: 'ok', store: { name: 'local', path: '/nowhere' } };
}

/** Runs SQL as another program would, with a connection of its own that is closed at once. */
export function run(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

export function ask(path: string, sql: string): unknown {
  const db = new DatabaseSync(path);
  const row = db.prepare(sql).get();
  db.close();
  return row && Object.values(row)[0];
}

export const items =
  'CREATE TABLE items (id INTEGER PRIMARY KEY, n INTEGER, t TEXT);' +
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000) INSERT INTO items SELECT x, x, 'row ' || x FROM c;";

/** Never ends by itself. */
export const endless =
  'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

export function makeLease(path: string, token: number): void {
  run(
    path,
    `CREATE TABLE lease (id INTEGER PRIMARY KEY CHECK (id = 1), run_id TEXT, token INTEGER NOT NULL, state_folder TEXT,
     operator TEXT, host TEXT, pid INTEGER, taken_at TEXT); INSERT INTO lease (id, token) VALUES (1, ${token})`,
  );
}

export interface Writer {
  readonly session: WriteSession;
  readonly announced: CommitAnnouncement[];
  readonly pids: number[];
}

export async function openWriter(
  t: TestContext,
  { path, spec, scratch }: Place,
  options: { busyTimeoutMs?: number; announce?: (commit: CommitAnnouncement) => Promise<void> } = {},
): Promise<Writer> {
  const lease = `${path}.belay-lock`;
  makeLease(lease, 7);
  const announced: CommitAnnouncement[] = [];
  const pids: number[] = [];
  const session = await sqliteDriver.openForWriting(spec, {
    busyTimeoutMs: options.busyTimeoutMs ?? 0,
    scratchFolder: scratch,
    lease: { path: lease, token: 7 },
    announce: async (commit) => {
      announced.push(commit);
      await options.announce?.(commit);
    },
    committed: () => {},
    onProcess: ({ pid }) => pids.push(pid),
  });
  t.after(() => session.close());
  return { session, announced, pids };
}

/** The failure that `work` ends with; anything else fails the test. */
export async function failure(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('expected a failure, but the work succeeded');
}

/** Another program with the database open: runs `sql`, says so, and stays until it is killed; `again` runs every so often. */
export async function holder(
  t: TestContext,
  path: string,
  sql: string,
  options: { everyMs?: number; again?: string } = {},
): Promise<ChildProcess> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(process.argv[1]);
    db.exec(process.argv[2]);
    const [again, everyMs] = process.argv.slice(3);
    if (again) setInterval(() => db.exec(again), Number(everyMs));
    process.stdout.write('ready');
    process.stdin.resume();
  `;
  const child = spawn(
    process.execPath,
    ['-e', program, path, sql, options.again ?? '', String(options.everyMs ?? 10)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
  });
  return child;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function until(condition: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// A folder in which one family runs again and again from the same beginning, and what can be seen of it from outside:
// contents, processes, the journal, leases. Opens databases only as copies, so that looking changes nothing.

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { openJournal, type RunView } from '../../src/journal/index.ts';
import { inspectLease } from '../../src/lease/index.ts';
import { type Cli, cli } from '../support/cli.ts';
import type { Family, JournalMode } from './families.ts';
import { arm, type Call } from './shim.ts';

export interface World extends AsyncDisposable {
  readonly cli: Cli;
  readonly family: Family;
  readonly mode: JournalMode;
  readonly before: string;
  readonly after: string;
  /** Calls that an undisturbed run makes below the folder. */
  readonly calls: { readonly engine: number; readonly child: number; readonly journal: number };
  /** Events of the undisturbed run, each with the call on the journal that made it durable. */
  readonly events: readonly { readonly type: string; readonly at: number }[];
  readonly durationMs: number;
  reset(): void;
  content(): string;
  lastRun(): RunView | undefined;
  /** What is wrong with the journal or the leases; empty when nothing is. */
  problems(): string[];
  /** Resolves when no process of this folder is left; says which one stays otherwise. */
  quiet(): Promise<string | undefined>;
}

/** Writes one row to every database. */
function nextRun(databases: readonly string[]): string {
  const of = (line: (i: number, name: string) => string): string =>
    databases.map((name, i) => line(i, name)).join('\n');
  return `
apiVersion: belay/v1
name: next
title: A next run
description: Writes one row to each.
targets:
${of((i, name) => `  t${i}: { driver: sqlite, path: ./${name} }`)}
steps:
${of((i) => `  - { id: probe${i}, action: sqlite.execute, with: { target: t${i}, sql: "INSERT INTO users(name) VALUES ('next')" } }`)}
`;
}

export async function openWorld(
  family: Family,
  mode: JournalMode,
  prepare: (folder: string) => void = () => {},
): Promise<World> {
  const work = cli();
  prepare(work.folder);
  const template = mkdtempSync(join(tmpdir(), 'belay-template-'));
  await family.build(work, mode);
  work.file('next.yaml', nextRun(family.databases));
  cpSync(work.folder, template, { recursive: true });
  const reset = (): void => {
    for (const name of readdirSync(work.folder)) rmSync(work.path(name), { recursive: true, force: true });
    cpSync(template, work.folder, { recursive: true });
  };
  const content = (): string => contentOf(family.databases.map((name) => work.path(name)));
  const before = content();
  const newest = (): RunView | undefined => {
    using journal = openJournal(work.path('.belay'), { clock: systemClock, readOnly: true });
    return journal.runs({ limit: 1 })[0];
  };
  const earlier = newest()?.id;
  const shim = arm({ role: 'any', at: 0, fault: 'count', below: [work.folder] });
  const started = performance.now();
  const first = await work.run(family.command(work), { env: shim.env });
  const durationMs = performance.now() - started;
  const expected = family.endsAsBefore ? 6 : 0;
  if (first.exitCode !== expected)
    throw new Error(`${family.name}: exit ${first.exitCode}\n${first.rawStderr}`);
  const after = content();
  reset();
  const onJournal = arm({
    ...{ role: 'any', at: 0, fault: 'count', isTraced: true },
    below: [work.path('.belay/journal.db')],
  });
  await work.run(family.command(work), { env: onJournal.env });
  if (content() !== after) throw new Error(`${family.name} does not come to the same end twice`);
  if ((after === before) !== family.endsAsBefore) throw new Error(`${family.name} changes nothing`);
  const { engine, child } = shim.counts();
  return {
    cli: work,
    family,
    mode,
    before,
    after,
    calls: { engine, child, journal: onJournal.counts().engine },
    events: eventsOf(work, newest()?.id, onJournal.trace()),
    durationMs,
    reset,
    content,
    lastRun: () => {
      const run = newest();
      return run?.id === earlier ? undefined : run;
    },
    problems: () => {
      using journal = openJournal(work.path('.belay'), { clock: systemClock, readOnly: true });
      const audit = journal.audit();
      const leases = family.databases.map((name) => ({ name, status: inspectLease(work.path(name)) }));
      return [
        ...(audit.ok ? [] : [`journal: ${audit.problem}`]),
        ...leases
          .filter(({ status }) => status.state !== 'free')
          .map(({ name, status }) => `lease of ${name} is ${status.state}`),
      ];
    },
    quiet: () => waitForQuiet(work.folder, family.databases),
    async [Symbol.asyncDispose]() {
      rmSync(template, { recursive: true, force: true });
      await work[Symbol.asyncDispose]();
    },
  };
}

/** Each event is a transaction of its own: pages into the log, then one sync. */
function eventsOf(work: Cli, run: string | undefined, calls: readonly Call[]): World['events'] {
  using journal = openJournal(work.path('.belay'), { clock: systemClock, readOnly: true });
  const events = run === undefined ? [] : journal.events(run);
  const ofLog = calls.filter(({ role, path }) => role === 'engine' && path.endsWith('journal.db-wal'));
  const isWrite = (call: Call | undefined): boolean => call?.kind === 'write';
  const syncs = ofLog.filter(
    // One write before it is the head of a new log, none a checkpoint.
    ({ kind }, i) => kind === 'sync' && isWrite(ofLog[i - 1]) && isWrite(ofLog[i - 2]),
  );
  const durable = syncs.slice(-events.length);
  // What comes before is at most the making of the journal.
  if (syncs.length - events.length !== 0 && syncs.length - events.length !== 1)
    throw new Error(`${events.length} events in ${syncs.length} syncs of the journal`);
  return events.map(({ event: { type } }, i) => ({ type, at: durable[i]?.at ?? 1 }));
}

/**
 * Settings, schema and every row of every table, in order, of each database; hashed by nothing that the product uses. Of
 * what is no database its bytes.
 */
export function contentOf(paths: readonly string[]): string {
  const scratch = mkdtempSync(join(tmpdir(), 'belay-look-'));
  const hash = createHash('sha256');
  try {
    for (const [i, path] of paths.entries()) {
      const copy = join(scratch, `${i}.db`);
      mkdirSync(scratch, { recursive: true });
      for (const suffix of ['', '-wal', '-journal'])
        if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      if (!existsSync(copy) || !isDatabase(copy)) {
        hash.update(existsSync(copy) ? readFileSync(copy) : 'absent');
        continue;
      }
      using db = new DatabaseSync(copy);
      hash.update(JSON.stringify(db.prepare('PRAGMA integrity_check').all()));
      for (const name of ['journal_mode', 'user_version', 'application_id', 'page_size', 'auto_vacuum'])
        hash.update(JSON.stringify(db.prepare(`PRAGMA ${name}`).get()));
      const tables = db
        .prepare(
          "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
        )
        .all();
      hash.update(JSON.stringify(tables));
      for (const { type, name } of tables) {
        if (type !== 'table') continue;
        const rows = db
          .prepare(`SELECT * FROM "${name}"`)
          .all()
          .map((row) => JSON.stringify(row));
        hash.update(`${name} ${rows.length} ${rows.sort().join('\n')}`);
      }
    }
    return hash.digest('hex');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function isDatabase(path: string): boolean {
  return readFileSync(path).subarray(0, 15).toString() === 'SQLite format 3';
}

async function waitForQuiet(folder: string, databases: readonly string[]): Promise<string | undefined> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0) break;
    if (performance.now() > deadline) return `process ${left.join(', ')} is still there`;
    await sleep(20);
  }
  const look = (): string => databases.map((name) => fingerprint(join(folder, name))).join();
  const first = look();
  await sleep(100);
  return look() === first ? undefined : 'something writes after every process has ended';
}

/** By the folder in their environment: the engine's HOME, the child's place for temporary files. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (pid === process.pid || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

function fingerprint(path: string): string {
  return ['', '-wal', '-journal']
    .map((suffix) => {
      if (!existsSync(path + suffix)) return 'absent';
      const { size, mtimeMs } = statSync(path + suffix);
      return `${size} ${mtimeMs} ${createHash('sha256')
        .update(readFileSync(path + suffix))
        .digest('hex')}`;
    })
    .join();
}

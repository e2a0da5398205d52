// Real databases, sessions, stores and programs for the tests of actions: what the engine would give them.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import {
  type ActionResult,
  actionOf,
  type Preview,
  type PreviewContext,
  type RunContext,
} from '../../src/action/index.ts';
import { createBackupService } from '../../src/backup/index.ts';
import { createMasker, type JsonObject, systemClock } from '../../src/base/index.ts';
import type { JournalEvent } from '../../src/journal/index.ts';
import { takeLease } from '../../src/lease/index.ts';
import { createProgramService } from '../../src/process/index.ts';
import { filesOnDisk } from '../../src/project/index.ts';
import { openLocalStore } from '../../src/store/index.ts';
import type {
  CommitAnnouncement,
  TargetFacts,
  TargetProgress,
  TargetSpec,
  WriteSession,
} from '../../src/target/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';

export interface Workbench {
  readonly folder: string;
  readonly path: string;
  readonly warnings: string[];
  readonly progress: TargetProgress[];
  readonly commits: CommitAnnouncement[];
  readonly recorded: JournalEvent[];
  readonly output: string[];
  readonly context: RunContext;
  run(action: string, input: object, signal?: AbortSignal): Promise<ActionResult<Record<string, unknown>>>;
  preview(action: string, input: object): Promise<Preview>;
  /** Rows of a query, on a connection of the test's own. */
  rows(sql: string): unknown[];
  /** Runs SQL on a connection of the test's own. */
  exec(sql: string): void;
  /** Ends the session, so that the files may be harmed. */
  release(): Promise<void>;
  /** Folders in quarantine. */
  quarantined(): string[];
}

/** A database made by `sql` as target `db`, under a lease. */
export async function workbench(
  t: TestContext,
  sql = '',
  { expect = 'ok' }: { expect?: TargetSpec['expect'] } = {},
): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-action-'));
  const path = join(folder, 'app.db');
  const scratchFolder = join(folder, 'scratch');
  mkdirSync(scratchFolder);
  const own = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  own((db) =>
    db.exec(`PRAGMA journal_mode = wal; CREATE TABLE belay_first(x); DROP TABLE belay_first; ${sql}`),
  );

  const spec: TargetSpec = {
    name: 'db',
    driver: 'sqlite',
    path,
    expect,
    store: { name: 'local', path: join(folder, 'store') },
  };
  const log = {
    warnings: [] as string[],
    progress: [] as TargetProgress[],
    commits: [] as CommitAnnouncement[],
    recorded: [] as JournalEvent[],
    output: [] as string[],
  };
  const lease = await takeLease(path, {
    runId: 'run-20260101-000000-test',
    stateFolder: folder,
    operator: 'tester',
    host: 'here',
    waitMs: 1000,
  });
  const open = (): Promise<WriteSession> =>
    sqliteDriver.openForWriting(spec, {
      busyTimeoutMs: 500,
      scratchFolder,
      lease: { path: lease.path, token: lease.token },
      announce: async (commit) => {
        log.commits.push(commit);
      },
      committed: () => {},
    });
  let opened: Promise<WriteSession> | undefined = open();
  await opened;
  const session = (): Promise<WriteSession> => {
    opened ??= open();
    return opened;
  };
  const release = async (): Promise<void> => {
    const closing = opened;
    opened = undefined;
    await (await closing)?.close();
  };
  t.after(async () => {
    await release();
    lease.release();
    rmSync(folder, { recursive: true, force: true });
  });

  const facts = async (): Promise<TargetFacts> =>
    opened === undefined && expect === 'any' ? sqliteDriver.probe(spec) : (await session()).facts();
  const masker = createMasker(new Map());
  const base = {
    files: filesOnDisk,
    clock: systemClock,
    now: new Date(),
    target: () => spec,
    facts,
    schema: async () => (await session()).schema(),
  };
  const backups = createBackupService({
    stores: new Map([['local', openLocalStore('local', spec.store.path)]]),
    targets: new Map([['db', spec]]),
    driver: sqliteDriver,
    facts,
    writer: session,
    release,
    record: (event) => log.recorded.push(event),
    clock: systemClock,
    runId: 'run-20260101-000000-test',
    stepId: 'step',
    scratchFolder,
    belayVersion: '0.0.0',
    pinned: () => new Map(),
  });
  const programs = createProgramService({
    runId: 'run-20260101-000000-test',
    stepId: 'step',
    stateFolder: folder,
    masker,
    onStarted: () => {},
    graceMs: 200,
  });
  const contextFor = (signal: AbortSignal): RunContext => ({
    ...base,
    runId: 'run-20260101-000000-test',
    stepId: 'step',
    signal,
    masker,
    projectFolder: folder,
    scratchFolder,
    holders: () => sqliteDriver.holders(spec),
    reader: session,
    writer: session,
    progress: (progress) => log.progress.push(progress),
    output: (_stream, text) => log.output.push(text),
    record: (event) => log.recorded.push(event),
    backups,
    programs,
    warn: (message) => log.warnings.push(message),
  });
  const previewContext = (): PreviewContext => ({
    ...base,
    now: new Date(),
    reader: session,
    backups: (name, store) => backups.list(name, store),
    neededBackups: async () => new Map(),
    mayProbeExternal: false,
  });
  return {
    folder,
    path,
    ...log,
    context: contextFor(new AbortController().signal),
    run: async (action, input, signal = new AbortController().signal) => {
      const { run } = actionOf(action) ?? {};
      if (run === undefined) throw new Error(`no action ${action}`);
      return run(input as never, contextFor(signal)) as Promise<ActionResult<Record<string, unknown>>>;
    },
    preview: async (action, input) => {
      const { preview } = actionOf(action) ?? {};
      if (preview === undefined) throw new Error(`no preview of ${action}`);
      return preview(input as never, previewContext());
    },
    rows: (query) => own((db) => db.prepare(query).all()),
    exec: (text) => own((db) => db.exec(text)),
    release,
    quarantined: () =>
      existsSync(`${path}.belay-quarantine`)
        ? readdirSync(`${path}.belay-quarantine`).map((id) => join(`${path}.belay-quarantine`, id))
        : [],
  };
}

/** What an action says of its input before any run. */
export function problems(action: string, input: JsonObject): string[] {
  return (actionOf(action)?.check?.(input) ?? []).map(({ message }) => message);
}

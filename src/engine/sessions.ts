// The sessions of a run: at most one child per target, opened when first needed, all ended at the end.
// A target under a lease has one writing session and every read goes through it, so that all our work on it
// is one connection's.

import { createHash } from 'node:crypto';
import type { Lease } from '../lease/index.ts';
import {
  type CommitAnnouncement,
  type LastSeen,
  type ReadSession,
  readSettings,
  type TargetDriver,
  type TargetFacts,
  type TargetHolders,
  type TargetSpec,
  type WriteSession,
} from '../target/index.ts';
import type { Recorder } from './recorder.ts';

export interface Sessions extends AsyncDisposable {
  reader(name: string): Promise<ReadSession>;
  /** Fails as a defect for a target without a lease: an action whose effect is `read` must not ask. */
  writer(name: string): Promise<WriteSession>;
  /** Of a target with `expect: any` also when it cannot be opened: then as a probe sees it. */
  facts(name: string): Promise<TargetFacts>;
  holders(name: string): TargetHolders;
  /** Ends the sessions on a target, so that its files may be moved; the next use opens anew. */
  release(name: string): Promise<void>;
}

export interface SessionsRequest {
  readonly specs: readonly TargetSpec[];
  readonly driver: TargetDriver;
  readonly leases: ReadonlyMap<string, Lease>;
  /** Names of scratch targets: no lease, no record of commits. */
  readonly scratch: ReadonlySet<string>;
  readonly recorder: Recorder;
  readonly busyTimeoutMs: number;
  readonly scratchFolder: string;
  /** What an earlier process of the run saw last of a target that it had changed. */
  readonly lastSeen: (name: string) => LastSeen | undefined;
  /** The step at work, for the record of a commit. */
  readonly currentStep: () => string;
  /** The sessions on a target were ended before the end of the run. */
  readonly released: (name: string) => void;
  /** Commits take back: they are announced as undos, and confirmed by whoever proves them. */
  readonly isRollingBack: () => boolean;
}

export function openSessions(request: SessionsRequest): Sessions {
  const readers = new Map<string, Promise<ReadSession>>();
  const writers = new Map<string, Promise<WriteSession>>();

  const options = (name: string) => ({
    busyTimeoutMs: request.busyTimeoutMs,
    scratchFolder: request.scratchFolder,
    onProcess: (process: { pid: number; processStart: string; group: number }): void =>
      request.recorder.record({ type: 'process-started', role: 'sql', ...process, target: name }),
  });

  const writer = (name: string): Promise<WriteSession> => {
    const lease = request.leases.get(name);
    const isScratch = request.scratch.has(name);
    if (lease === undefined && !isScratch) throw new Error(`no lease on target ${name}`);
    const seen = request.lastSeen(name);
    return remember(writers, name, async () => {
      const session = await request.driver.openForWriting(specOf(request, name), {
        ...options(name),
        ...(lease === undefined ? {} : { lease: { path: lease.path, token: lease.token } }),
        announce: async (commit) => {
          if (!isScratch) announce(request, commit);
        },
        ...(seen === undefined ? {} : { lastSeen: seen }),
        committed: (target, mark) => {
          if (!request.isRollingBack() && !isScratch)
            request.recorder.record({
              type: 'committed',
              step: request.currentStep(),
              target,
              ...(mark === undefined ? {} : { mark }),
            });
        },
        withdrawn: (target) => {
          if (!request.isRollingBack() && !isScratch)
            request.recorder.record({ type: 'commit-withdrawn', step: request.currentStep(), target });
        },
      });
      return isScratch ? session : { ...session, configure: announced(request, session) };
    });
  };

  const reader = (name: string): Promise<ReadSession> =>
    request.leases.has(name) || request.scratch.has(name)
      ? writer(name)
      : remember(readers, name, () => request.driver.openForReading(specOf(request, name), options(name)));

  return {
    reader,
    writer,
    facts: async (name) => {
      const spec = specOf(request, name);
      if (spec.expect === 'ok' || readers.has(name) || writers.has(name)) return (await reader(name)).facts();
      // Not by opening: SQLite would change a damaged database with a -wal or -journal before it is set aside.
      const facts = await request.driver.probe(spec);
      return facts.problem?.code === 'target/not-simulated' ? (await reader(name)).facts() : facts;
    },
    holders: (name) => request.driver.holders(specOf(request, name)),
    release: async (name) => {
      for (const sessions of [readers, writers]) {
        const session = sessions.get(name);
        sessions.delete(name);
        await session?.then(
          (open) => open.close(),
          () => undefined,
        );
      }
      request.released(name);
    },
    async [Symbol.asyncDispose]() {
      for (const session of [...readers.values(), ...writers.values()]) {
        await session.then(
          (open) => open.close(),
          () => undefined,
        );
      }
    },
  };
}

/**
 * Order: the changeset and the event that announces the commit are durable before the child may commit.
 * Crash: dying in between leaves an announcement without a commit, which recovery can see; the other order
 * could leave a commit that nothing knows how to take back.
 */
function announce(request: SessionsRequest, commit: CommitAnnouncement): void {
  if (request.isRollingBack()) {
    request.recorder.record({ type: 'undo-announced', how: 'rows', target: commit.target });
    return;
  }
  const { changeset, ...rest } = commit;
  const event = { type: 'commit-announced' as const, step: request.currentStep(), ...rest };
  if (changeset === undefined) {
    request.recorder.record(event);
    return;
  }
  const sha256 = createHash('sha256').update(changeset).digest('hex');
  request.recorder.recordWithBlob(
    { ...event, changeset: { sha256, sizeBytes: changeset.byteLength } },
    { sha256, bytes: changeset },
  );
}

/**
 * Order: what the settings were is durable before they change; nothing else would know it afterwards. A rollback
 * announces its own changes.
 */
function announced(request: SessionsRequest, session: WriteSession): WriteSession['configure'] {
  return async (settings, options) => {
    if (!request.isRollingBack()) {
      const before = await readSettings(session, options);
      const { target } = session;
      const step = request.currentStep();
      request.recorder.record({
        type: 'settings-announced',
        step,
        target,
        before,
        after: { ...before, ...settings },
      });
    }
    await session.configure(settings, options);
  };
}

/** A failed opening is not remembered: a retry opens anew. */
function remember<T>(sessions: Map<string, Promise<T>>, name: string, open: () => Promise<T>): Promise<T> {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const opening = open();
  sessions.set(name, opening);
  opening.catch(() => sessions.delete(name));
  return opening;
}

function specOf(request: SessionsRequest, name: string): TargetSpec {
  const spec = request.specs.find((each) => each.name === name);
  if (spec === undefined) throw new Error(`no target ${name}`);
  return spec;
}

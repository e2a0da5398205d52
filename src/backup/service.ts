// Backups as actions use them, inside a run: each change of a store is recorded.

import type { BackupService, ExpiryDecision } from '../action/action.ts';
import type { Clock } from '../base/index.ts';
import type { JournalEvent, MovedFiles } from '../journal/event.ts';
import { openLocalStore, type Store } from '../store/index.ts';
import type {
  TargetCondition,
  TargetDriver,
  TargetFacts,
  TargetProgress,
  TargetSpec,
  WriteSession,
} from '../target/index.ts';
import { createBackup } from './create.ts';
import { expireBackups } from './expire.ts';
import { planExpiry } from './expiry.ts';
import { targetGroups } from './group.ts';
import { listBackups, locateBackup } from './list.ts';
import { isOwnCopy } from './own-copy.ts';
import { placeBackup } from './place.ts';
import { restoreBackup } from './restore.ts';
import { verifyBackup } from './verify.ts';

export interface BackupServiceDeps {
  /** Of belay.yaml, by name; a target's own store is known without being here. */
  readonly stores: ReadonlyMap<string, Store>;
  /** Targets of the run, by name. */
  readonly targets: ReadonlyMap<string, TargetSpec>;
  readonly driver: TargetDriver;
  /** Fresh facts. */
  facts(target: string): Promise<TargetFacts>;
  /** The session under the lease. */
  writer(target: string): Promise<WriteSession>;
  /** Ends the sessions on a target, so that its files may be moved; the next call opens anew. */
  release(target: string): Promise<void>;
  /** Durable before it returns. */
  record(event: JournalEvent): void;
  readonly clock: Clock;
  readonly runId: string;
  readonly stepId: string;
  readonly scratchFolder: string;
  readonly belayVersion: string;
  /** Ids that runs still need, with whom: `run-…, which is not over`. Asked anew at each expiry. */
  readonly pinned: () => ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TargetProgress) => void;
}

/** SQLite can open it, and rolls a hot journal back first. */
const readable: ReadonlySet<TargetCondition> = new Set(['ok', 'needs-recovery']);

export function createBackupService(deps: BackupServiceDeps): BackupService {
  const { clock, driver, scratchFolder, signal, onProgress } = deps;
  const reader = { driver, scratchFolder, signal, onProgress };

  function targetNamed(name: string): TargetSpec {
    const spec = deps.targets.get(name);
    if (!spec) throw new Error(`no target \`${name}\` in this run`);
    return spec;
  }

  function storeFor(spec: TargetSpec, name = spec.store.name): Store {
    const known = deps.stores.get(name);
    if (known) return known;
    if (name !== spec.store.name) throw new Error(`no store \`${name}\` in this project`);
    return openLocalStore(name, spec.store.path);
  }

  /** Those of the targets first, each place once. */
  function knownStores(): Store[] {
    const stores = new Map([...deps.targets.values()].map((spec) => [spec.store.path, storeFor(spec)]));
    for (const store of deps.stores.values()) stores.set(store.location, store);
    return [...stores.values()];
  }

  /** The same at a second try, so that it goes on where the first one stopped. */
  function quarantineId(): string {
    return `${deps.runId}-${deps.stepId.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`;
  }

  const announced = new Set<string>();
  function announce(target: string, withoutChangeset: string, files: MovedFiles): void {
    const { stepId: step } = deps;
    deps.record({
      type: 'commit-announced',
      step,
      target,
      effect: 'destroy',
      rows: 0,
      withoutChangeset,
      foreignWrites: 'none',
      files,
    });
    announced.add(target);
  }

  // What an earlier process had announced and done is settled when its run is gone on with; done again, it announces nothing.
  const committed = (target: string): void => {
    if (announced.delete(target)) deps.record({ type: 'committed', step: deps.stepId, target });
  };
  const withdraw = (target: string): void => {
    if (announced.delete(target)) deps.record({ type: 'commit-withdrawn', step: deps.stepId, target });
  };

  async function list(target: string, store?: string) {
    const spec = targetNamed(target);
    return listBackups(storeFor(spec, store), await targetGroups(spec));
  }

  return {
    async create(target, { store, label, verify }) {
      const spec = targetNamed(target);
      const entry = await createBackup({
        signal,
        onProgress,
        session: await deps.writer(target),
        facts: await deps.facts(target),
        spec,
        store: storeFor(spec, store),
        verify,
        ...(label === undefined ? {} : { label }),
        clock,
        runId: deps.runId,
        stepId: deps.stepId,
        belayVersion: deps.belayVersion,
      });
      deps.record({
        type: 'backup-created',
        step: deps.stepId,
        target,
        backup: entry.id,
        path: entry.path,
        sizeBytes: entry.sizeBytes,
        contentHash: entry.contentHash ?? '',
        verified: entry.verified,
      });
      return entry;
    },
    list: async (target, store) => (await list(target, store)).map((found) => found.entry),
    async verify(id, level) {
      return verifyBackup(await locateBackup(knownStores(), id), level, reader);
    },
    async expireOwn(target, label, keep): Promise<void> {
      const found = (await list(target)).filter(({ entry }) => entry.label === label);
      const entries = found.map((backup) => backup.entry);
      const decisions = planExpiry(entries, keep, clock.now(), deps.pinned());
      await expireBackups(found, decisions, (entry, reason) =>
        deps.record({ type: 'backup-removed', step: deps.stepId, backup: entry.id, reason }),
      );
    },
    async expire(target, keep, store): Promise<readonly ExpiryDecision[]> {
      // The engine's own copies are no part of anybody's plan of backups: they have a `keep` of their own.
      const found = (await list(target, store)).filter(({ entry }) => !isOwnCopy(entry.label));
      const entries = found.map((backup) => backup.entry);
      const decisions = planExpiry(entries, keep, clock.now(), deps.pinned());
      await expireBackups(found, decisions, (entry, reason) =>
        deps.record({ type: 'backup-removed', step: deps.stepId, backup: entry.id, reason }),
      );
      return decisions;
    },
    async restore(target, id, { from, allowsOtherDatabase }) {
      const spec = targetNamed(target);
      const stores = from === undefined ? knownStores() : [openLocalStore('from', from, { mustExist: true })];
      const request = { ...reader, spec, found: await locateBackup(stores, id), allowsOtherDatabase };
      if (readable.has((await deps.facts(target)).condition))
        return restoreBackup({ ...request, session: await deps.writer(target) });
      await deps.release(target);
      return placeBackup({
        ...request,
        quarantineId: quarantineId(),
        announce: (why, files) => announce(target, why, files),
        committed: () => committed(target),
        withdraw: () => withdraw(target),
        warn: (message) => deps.record({ type: 'warning', step: deps.stepId, message }),
        open: () => deps.writer(target),
      });
    },
    async quarantine(target) {
      const spec = targetNamed(target);
      await deps.release(target);
      const folder = driver.quarantineOf(spec, quarantineId());
      const aside = await driver.setAside(spec, quarantineId(), {
        announce: () =>
          announce(target, `the files are in quarantine in \`${folder}\``, { move: 'aside', folder }),
        withdraw: () => withdraw(target),
      });
      if (aside !== undefined) committed(target);
      return aside;
    },
    async putBack(target, folder) {
      await deps.release(target);
      const aside = await driver.putBack(targetNamed(target), folder, {
        announce: () => announce(target, `the files came back from \`${folder}\``, { move: 'back', folder }),
        withdraw: () => withdraw(target),
      });
      committed(target);
      return aside;
    },
  };
}

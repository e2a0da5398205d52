// What is known of a target right now, from the journal, the lease beside it, and the store. Reads only.

import { existsSync, realpathSync } from 'node:fs';
import {
  type BackupEntry,
  isFromFuture,
  isOwnCopy,
  listBackups,
  quarantineLabel,
  targetGroups,
} from '../backup/index.ts';
import { type Journal, type RunView, wasTurnedAway } from '../journal/index.ts';
import { inspectLease, type LeaseRow, type LeaseStatus } from '../lease/index.ts';
import type { Project } from '../project/index.ts';
import { openLocalStore } from '../store/index.ts';
import { shownState } from './view-json.ts';

export interface TargetStatus {
  /** Name in the catalogue, else the path. */
  readonly name: string;
  readonly path: string;
  readonly isThere: boolean;
  readonly lease: LeaseStatus;
  readonly lastRun?: RunView;
  /** Runs that wait or were interrupted, newest first. */
  readonly openRuns: readonly RunView[];
  /** The newest that somebody has taken for keeping: not a copy that the engine took for itself. */
  readonly backup?: BackupEntry;
  readonly backupAgeMs?: number;
  /** A newer copy, from before a run changed something; it stays as long as the way back of that run. */
  readonly ownCopy?: BackupEntry;
  /** Verified backups that are dated in the future, newest first. */
  readonly undated: readonly BackupEntry[];
  /** What `--check` complains of. */
  readonly problems: readonly string[];
}

export interface AskedTarget {
  readonly name: string;
  readonly path: string;
  readonly catalogueName?: string;
}

export async function targetStatus(
  asked: AskedTarget,
  project: Project,
  journal: Journal,
  now: Date,
): Promise<TargetStatus> {
  const isThere = existsSync(asked.path);
  const realPath = isThere ? realpathSync(asked.path) : asked.path;
  const runs = journal.runs().filter((view) => view.targets.some((target) => target.realPath === realPath));
  const openRuns = runs.filter((view) => ['interrupted', 'waiting'].includes(shownState(view)));
  const lease = inspectLease(realPath);
  const backups = await newestBackups(asked, project);
  // One from the future would look young for as long as nobody looks.
  const dated = backups.filter((each) => !isFromFuture(each, now));
  const backup = dated.find(({ label }) => !isOwnCopy(label));
  const [newest] = dated.filter(({ label }) => label !== quarantineLabel);
  const backupAgeMs = backup === undefined ? undefined : now.getTime() - Date.parse(backup.createdAt);
  const undated = backups.filter((each) => isFromFuture(each, now) && !isOwnCopy(each.label));
  const entry = asked.catalogueName === undefined ? undefined : project.targets[asked.catalogueName];
  const lastRun = runs.find((view) => !wasTurnedAway(view, true)) ?? runs[0];
  const problems: string[] = [];
  if (!isThere) problems.push('the file is not there');
  for (const { id, damage } of runs)
    if (damage !== undefined) problems.push(`the record of ${id} is damaged: ${damage}`);
  for (const view of openRuns) problems.push(`${view.id} is ${shownState(view)}`);
  if (lease.state === 'left' && !openRuns.some(({ id }) => id === lease.row.runId))
    problems.push(leftWords(lease.row, lease.isOtherHost));
  if (lastRun?.state === 'failed') problems.push(`the last run failed: ${lastRun.id}`);
  if (entry?.maxBackupAgeMs !== undefined) {
    if (backupAgeMs === undefined)
      problems.push(
        `there is no verified backup${undated.length === 0 ? '' : ' that is not dated in the future'}`,
      );
    else if (backupAgeMs > entry.maxBackupAgeMs) problems.push('the last verified backup is too old');
  }
  return {
    name: asked.name,
    path: realPath,
    isThere,
    lease,
    ...(lastRun === undefined ? {} : { lastRun }),
    openRuns,
    ...(backup === undefined ? {} : { backup }),
    ...(backupAgeMs === undefined ? {} : { backupAgeMs }),
    ...(newest === undefined || newest === backup ? {} : { ownCopy: newest }),
    undated,
    problems,
  };
}

function leftWords({ runId, host }: LeaseRow, isOtherHost: boolean): string {
  return isOtherHost
    ? `${runId} of host ${host} has its lease, or left it: from here nobody can tell whether it works`
    : `${runId} has left its lease`;
}

/** The verified ones, newest first. */
async function newestBackups(asked: AskedTarget, project: Project): Promise<BackupEntry[]> {
  const groups = await targetGroups(asked);
  const stores = Object.values(project.stores).map(({ name, path }) => openLocalStore(name, path));
  const found = await Promise.all(stores.map((store) => listBackups(store, groups)));
  return found
    .flat()
    .map(({ entry }) => entry)
    .filter(({ verified }) => verified !== 'no')
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

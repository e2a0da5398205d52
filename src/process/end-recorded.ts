// Ends what a dead engine may have left running, by recorded identity. Never signals a process that is not proven to
// be the recorded one: pids and groups are reused.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupMembers } from './group.ts';
import { isSameProcess } from './identity.ts';

export interface RecordedProcess {
  readonly pid: number;
  readonly processStart: string;
  readonly group: number;
}

/** Members of one family end at once after SIGKILL, unless the kernel holds them. */
const patienceMs = 5000;

/**
 * Kills the recorded process with its group, and what of the group outlived it.
 *
 * Resolves with the pids that are still there, none when all is proven dead.
 */
export async function endRecordedProcess(recorded: RecordedProcess, runId: string): Promise<number[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = survivors(recorded, runId);
    if (left.length === 0 || performance.now() > until) return left;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        // It ended meanwhile, which the next look shows, or belongs to another user, which no patience changes.
        if ((error as NodeJS.ErrnoException).code === 'EPERM') return left;
      }
    }
    await sleep(5);
  }
}

/** The pids of a recorded process and its group that still run. */
export function survivors({ pid, processStart, group }: RecordedProcess, runId: string): number[] {
  const isLeaderAlive = isSameProcess(pid, processStart);
  // While its leader lives a group number cannot mean another group; afterwards the run's id in the environment decides.
  const members = groupMembers(group).filter((member) => isLeaderAlive || belongsToRun(member, runId));
  return isLeaderAlive && !members.includes(pid) ? [...members, pid] : members;
}

function belongsToRun(pid: number, runId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`BELAY_RUN=${runId}`);
  } catch {
    return false;
  }
}

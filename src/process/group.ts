// Process groups: every program has one of its own, so that it can be ended together with what it started.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends a signal to all of a group; false when nobody is left in it. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  // Never our own group, nor, by a wrong number, everything.
  if (group <= 1) throw new Error(`not a process group: ${group}`);
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** SIGTERM, after `graceMs` SIGKILL, to all of the group; resolves once nobody in it runs any more. */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  if (!signalGroup(group, 'SIGTERM')) return;
  const killAt = performance.now() + graceMs;
  let isKilled = false;
  for (let waitMs = 2; groupMembers(group).length > 0; waitMs = Math.min(50, waitMs * 2)) {
    if (!isKilled && performance.now() >= killAt) {
      signalGroup(group, 'SIGKILL');
      isKilled = true;
    }
    await sleep(waitMs);
  }
}

/** The running processes of a group; what has ended and was not collected yet does not count. */
export function groupMembers(group: number): number[] {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return [];
  }
  if (process.platform !== 'linux') return [group];
  const members: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(pgrp) === group && state !== 'Z' && state !== 'X') members.push(Number(name));
    } catch {
      // It ended while the list was being read.
    }
  }
  return members;
}

// Proves, where that is not known, that a lock held by this process keeps another process out. The probe is a process
// of its own, because locks never conflict within one.

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { runNodeScript } from '../process/index.ts';
import { locksDoNotWork } from './lease-file.ts';

// Local file systems of Linux whose locks are the kernel's own: ext, xfs, btrfs, tmpfs, overlay, f2fs, zfs, bcachefs.
const trusted = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e,
]);

const probe = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1]);
  try { database.exec('BEGIN EXCLUSIVE'); } catch (error) { process.exit(error.errcode === 5 ? 10 : 11); }
  process.exit(20);
`;

/** The lease is held by this process. Fails with `lease/locks-do-not-work`. */
export async function assertLocksWork(path: string): Promise<void> {
  if (trusted.has(statfsSync(dirname(path)).type)) return;
  if (!(await isLockedForOthers(path))) throw locksDoNotWork(path);
}

/** True when another process cannot have the whole of the lease file now. */
export async function isLockedForOthers(path: string): Promise<boolean> {
  return (await runNodeScript(probe, [path])) === 10;
}

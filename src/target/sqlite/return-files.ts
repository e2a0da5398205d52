// Brings back the files that a run moved aside, over whatever it put in their place. Nothing is deleted, no file is put
// over another, and what comes back has the bytes that it had.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { realPathOf } from '../real-path.ts';
import type { Announcing, ReturnedFiles, ReturnRequest, TargetSpec } from '../target.ts';
import { requireNoHolders } from './holders.ts';
import {
  databaseFiles,
  hashFile,
  moveAll,
  moveAside,
  notAQuarantine,
  type QuarantineRecord,
  quarantineOf,
  readRecord,
} from './set-aside.ts';
import { syncFile } from './sync-file.ts';

/**
 * Order: everything is hashed → announced → what lies there is set aside → the files come back, the database itself last.
 * Crash: a file of the quarantine that is no longer in it came back, or was never moved; it stays where it is.
 */
export async function returnFiles(
  spec: TargetSpec,
  { folder, asideId, isReplaced }: ReturnRequest,
  say: Announcing,
): Promise<ReturnedFiles> {
  const realPath = realPathOf(spec.path);
  const record = folder === undefined ? undefined : readRecord(folder);
  if (folder !== undefined && record === undefined)
    throw notAQuarantine(folder, 'it has no readable record of what was put there');
  const files = record?.files ?? [];
  const inside = files.filter(({ name }) => existsSync(join(folder ?? '', name)));
  if (inside.length === 0 && files.length > 0 && !isReplaced) {
    say.announce();
    return { files: [], proof: 'no file had been moved' };
  }
  requireNoHolders(spec, 'nothing was moved back');
  const back = new Set(files.filter((file) => !inside.includes(file)).map(({ name }) => name));
  // The database itself comes last: what lies beside it then is its own, and new.
  const inTheWay = isReturned(spec, folder)
    ? []
    : databaseFiles(realPath).filter((path) => !back.has(basename(path)));
  await requireBytes(folder ?? '', dirname(realPath), files, back);
  // Again: hashing takes a while.
  requireNoHolders(spec, 'nothing was moved back');
  const aside = quarantineOf(spec, asideId);
  const silent: Announcing = { announce: () => {}, withdraw: () => {} };
  say.announce();
  if (inTheWay.length > 0) await moveAside(realPath, aside, inTheWay, silent);
  await moveAll(
    inside.toReversed().map(({ name }) => [join(folder ?? '', name), join(dirname(realPath), name)]),
    silent,
  );
  if (inside.length > 0) await syncFile(folder ?? '');
  await syncFile(dirname(realPath));
  return {
    ...(existsSync(aside) ? { aside } : {}),
    files: files.map(({ name }) => name),
    proof:
      files.length === 0
        ? 'no file is there, as before'
        : `${files.map(({ name }) => name).join(', ')}: sha256 as before`,
  };
}

/** Whether all files of the quarantine are where they came from, so that a database lies there that the run never had. */
export function isReturned(spec: TargetSpec, folder: string | undefined): boolean {
  const files = folder === undefined ? [] : (readRecord(folder)?.files ?? []);
  const realPath = realPathOf(spec.path);
  return (
    files.some(({ name }) => name === basename(realPath)) &&
    existsSync(realPath) &&
    files.every(({ name }) => !existsSync(join(folder ?? '', name)))
  );
}

async function requireBytes(
  folder: string,
  home: string,
  files: QuarantineRecord['files'],
  back: ReadonlySet<string>,
): Promise<void> {
  for (const { name, sha256 } of files) {
    const path = join(back.has(name) ? home : folder, name);
    if (!existsSync(path) || (await hashFile(path)) !== sha256)
      throw notAQuarantine(folder, `\`${path}\` is not the file that was put there`);
  }
}

/** Whether any file of that move is where it was to go. */
export function isMoved(
  spec: TargetSpec,
  move: 'aside' | 'back' | 'placed',
  folder: string | undefined,
): boolean {
  if (move === 'placed') return existsSync(realPathOf(spec.path));
  const files = folder === undefined ? [] : (readRecord(folder)?.files ?? []);
  return files.some(({ name }) => existsSync(join(folder ?? '', name)) === (move === 'aside'));
}

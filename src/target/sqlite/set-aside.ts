// Quarantine: the database and what SQLite keeps beside it are moved aside together, on the same file system, and back.
// Nothing here deletes a file, or puts one over another.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { realPathOf } from '../real-path.ts';
import type { Announcing, FileOwner, SetAside, TargetSpec } from '../target.ts';
import { requireNoHolders } from './holders.ts';
import { syncFile } from './sync-file.ts';

const recordFile = 'quarantine.json';
/** The main file first: without it nobody can open what is left, and SQLite would not take a stale -wal for a new one's. */
const suffixes = ['', '-wal', '-shm', '-journal'] as const;

export function quarantineOf(spec: TargetSpec, id: string): string {
  return join(`${realPathOf(spec.path)}.belay-quarantine`, id);
}

/**
 * Moves what there is of the four files into `<real path>.belay-quarantine/<id>/`; undefined when there is nothing.
 * The same `id` again goes on where a crash stopped.
 *
 * Fails with `target/in-use` while another process has one of them open, `target/occupied` when the folder holds others.
 * Crash: the record, written first, says what belongs together; done again, the rest follows.
 */
export async function setAside(spec: TargetSpec, id: string, say: Announcing): Promise<SetAside | undefined> {
  const realPath = realPathOf(spec.path);
  const folder = quarantineOf(spec, id);
  const known = readRecord(folder);
  const present = databaseFiles(realPath);
  if (present.length === 0) return known && { path: folder, ...known };
  requireNoHolders(spec, 'nothing was moved');
  const record = await moveAside(realPath, folder, present, {
    announce: () => {
      // Again: hashing takes a while.
      requireNoHolders(spec, 'nothing was moved');
      say.announce();
    },
    withdraw: () => say.withdraw(),
  });
  return { path: folder, ...record };
}

/** What there is of the four files, the main one first. */
export function databaseFiles(realPath: string): string[] {
  return suffixes.map((suffix) => `${realPath}${suffix}`).filter((path) => existsSync(path));
}

/** Moves these into `folder`, on record before the first one moves. Fails with `target/occupied`. */
export async function moveAside(
  realPath: string,
  folder: string,
  present: readonly string[],
  say: Announcing,
): Promise<QuarantineRecord> {
  const twice = present.find((path) => existsSync(join(folder, basename(path))));
  if (twice !== undefined)
    throw occupied(`\`${folder}\` holds \`${basename(twice)}\` already`, 'nothing was moved');
  const record = readRecord(folder) ?? (await writeRecord(realPath, folder, present));
  await moveAll(
    present.map((path) => [path, join(folder, basename(path))]),
    say,
  );
  await syncFile(folder);
  await syncFile(dirname(realPath));
  return record;
}

/**
 * Moves the files of a quarantine back. Fails with `target/occupied` when anything lies where they belong,
 * `target/not-a-quarantine` when the folder does not hold what its record says.
 */
export async function putBack(spec: TargetSpec, folder: string, say: Announcing): Promise<SetAside> {
  const realPath = realPathOf(spec.path);
  const record = readRecord(folder);
  if (record === undefined) throw notAQuarantine(folder, `it has no readable \`${recordFile}\``);
  const here = record.files.filter(({ name }) => existsSync(join(folder, name)));
  const there = databaseFiles(realPath);
  // Crash: files that a first try had moved already are where they belong; everything else is in the way.
  const mine = new Set(
    record.files.filter((file) => !here.includes(file)).map(({ name }) => join(dirname(realPath), name)),
  );
  const inTheWay = there.find((path) => !mine.has(path));
  if (inTheWay !== undefined) throw occupied(`\`${inTheWay}\` exists`, 'nothing was moved back');
  requireNoHolders(spec, 'nothing was moved back');
  for (const { name, sha256 } of here) {
    if (!name.startsWith(basename(realPath)))
      throw notAQuarantine(folder, `\`${name}\` is of another database`);
    if ((await hashFile(join(folder, name))) !== sha256)
      throw notAQuarantine(folder, `\`${name}\` is not the file that was put there`);
  }
  // The main file last: until it is there nobody can open the database without its -wal or -journal.
  await moveAll(
    [...here].reverse().map(({ name }) => [join(folder, name), join(dirname(realPath), name)]),
    say,
  );
  await syncFile(folder);
  await syncFile(dirname(realPath));
  return { path: folder, ...record };
}

/** Owner and mode of the database that was set aside last, when its files are no longer in place. */
export function lastOwner(realPath: string): FileOwner | undefined {
  const parent = `${realPath}.belay-quarantine`;
  if (!existsSync(parent)) return undefined;
  return readdirSync(parent)
    .map((id) => readRecord(join(parent, id)))
    .filter((record) => record !== undefined)
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.owner;
}

/** All or none, unless the file system refuses the way back too. */
export async function moveAll(
  moves: readonly (readonly [from: string, to: string])[],
  say: Announcing,
): Promise<void> {
  say.announce();
  const done: (readonly [from: string, to: string])[] = [];
  try {
    for (const [from, to] of moves) {
      await rename(from, to);
      done.push([from, to]);
    }
  } catch (error) {
    for (const [from, to] of done.reverse()) await rename(to, from);
    say.withdraw();
    throw error;
  }
}

export type QuarantineRecord = Omit<SetAside, 'path'>;

async function writeRecord(
  realPath: string,
  folder: string,
  present: readonly string[],
): Promise<QuarantineRecord> {
  const found = await stat(present[0] ?? realPath);
  const owner = { ownerId: found.uid, groupId: found.gid, mode: found.mode & 0o7777 };
  const files = [];
  for (const path of present)
    files.push({ name: basename(path), sizeBytes: (await stat(path)).size, sha256: await hashFile(path) });
  const record = { realPath, at: new Date().toISOString(), owner, files };
  for (const each of [dirname(folder), folder]) {
    if (existsSync(each)) continue;
    await mkdir(each, { mode: 0o700 });
    await chown(each, owner.ownerId, owner.groupId).catch(() => undefined);
    await chmod(each, 0o700);
  }
  {
    await using file = await open(join(folder, `${recordFile}.new`), 'w', 0o600);
    await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await file.chown(owner.ownerId, owner.groupId).catch(() => undefined);
    await file.sync();
  }
  // Crash: half a record would be in the way of the next try.
  await rename(join(folder, `${recordFile}.new`), join(folder, recordFile));
  await syncFile(folder);
  await syncFile(dirname(folder));
  await syncFile(dirname(realPath));
  return record;
}

export function readRecord(folder: string): QuarantineRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(join(folder, recordFile), 'utf8'));
    return isRecord(record) && Array.isArray(record.files)
      ? (record as unknown as QuarantineRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

function occupied(message: string, state: string): Failure {
  return new Failure('target/occupied', message, {
    state,
    fix: 'look at both, move one of them away, then try again',
  });
}

export function notAQuarantine(folder: string, why: string): Failure {
  return new Failure('target/not-a-quarantine', `\`${folder}\` cannot be moved back: ${why}`, {
    state: 'nothing was moved back',
    fix: `look at the files in \`${folder}\``,
  });
}

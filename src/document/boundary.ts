// What belongs to a project, and how a file of it is opened. A branch that nobody trusts may hold links to any file of this
// machine, and things that are no files; what it names must not be read, and shown in a log, for that.

import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** The checkout that `folder` lies in (the nearest folder upward with a `.git`), else the folder itself. */
export function boundaryOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return folder;
  }
}

/** True when `path` really lies in the checkout or the project that `folder` is; also when it is not there. */
export function belongsTo(path: string, folder: string): boolean {
  return isBelow(realOf(path), realOf(boundaryOf(folder)));
}

/** True when `path` reads as one of the project but leads out of it through a link. */
export function leadsOut(path: string, folder: string): boolean {
  const top = boundaryOf(folder);
  const isOfProject = isBelow(path, top) || isBelow(path, realOf(top));
  return isOfProject && !isBelow(realOf(path), realOf(top));
}

export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Of what is not there: the real path that it would have. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realOf(dirname(path)), relative(dirname(path), path));
  }
}

export type OpenedFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'folder' | 'other' }
  | { readonly kind: 'too-large'; readonly sizeBytes: number };

/**
 * The bytes of an ordinary file. A pipe or a device is neither waited for nor read.
 *
 * Fails with the error of the file system.
 */
export function readOrdinaryFile(path: string, maxBytes = Number.POSITIVE_INFINITY): OpenedFile {
  // Opening a pipe for reading waits for its writer, unless told not to.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { kind: 'folder' };
    if (!stat.isFile()) return { kind: 'other' };
    if (stat.size > maxBytes) return { kind: 'too-large', sizeBytes: stat.size };
    return { kind: 'file', bytes: readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

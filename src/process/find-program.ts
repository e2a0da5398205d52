// Finds out before it is started that a program is missing, so that the message can say so; a launcher could only exit.

import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { nearestName } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

const state = 'the program has not been started';

/** Fails with `process/not-found`, `process/not-executable` or `process/no-folder`. */
export function checkProgram(name: string, cwd: string, searchPath: string): void {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new Failure('process/no-folder', `there is no folder \`${cwd}\` to run \`${name}\` in`, { state });
  const folders = searchPath.split(':').filter((folder) => folder !== '');
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : join(cwd, name)]
    : folders.map((folder) => join(folder, name));
  let found: string | undefined;
  for (const candidate of candidates) {
    const kind = kindOf(candidate);
    if (kind === 'program') return;
    if (kind === 'other') found ??= candidate;
  }
  if (found !== undefined)
    throw new Failure('process/not-executable', `\`${found}\` may not be executed`, {
      state,
      fix: `\`chmod +x ${found}\`, if it is a program`,
    });
  if (name.includes('/'))
    throw new Failure('process/not-found', `there is no program \`${candidates[0]}\``, { state });
  const near = nearestName(name, folders.flatMap(programsIn));
  throw new Failure('process/not-found', `program \`${name}\` is not in PATH (${folders.join(':')})`, {
    state,
    fix: near ? `did you mean \`${near}\`?` : 'install it, or give its whole path',
  });
}

function kindOf(path: string): 'program' | 'other' | 'none' {
  try {
    if (!statSync(path).isFile()) return 'other';
  } catch {
    return 'none';
  }
  try {
    accessSync(path, constants.X_OK);
    return 'program';
  } catch {
    return 'other';
  }
}

function programsIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

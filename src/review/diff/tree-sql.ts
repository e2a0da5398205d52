// Files of SQL in two trees: which runbooks run them, and what changed in them.

import { posix } from 'node:path';
import type { Change } from './change.ts';
import { type SqlContext, sqlPathsOf } from './compare-sql.ts';
import { compareSqlFiles } from './compare-sql-files.ts';
import { defaultOf } from './param-value.ts';
import type { RunbookSide } from './side.ts';
import { oddity, sourcePair, type Texts, type Trees } from './tree-files.ts';

/** Paths of files, not of folders, that runbooks name. */
export function sqlFilesOf(sides: readonly RunbookSide[]): string[] {
  return sides.flatMap((side) =>
    sqlPathsOf(side)
      .filter(({ isFolder }) => !isFolder)
      .map(({ path }) => pathIn(side, path)),
  );
}

/** From the root of the tree: a runbook names files from its project. */
function pathIn({ runbook }: RunbookSide, named: string): string {
  return posix.resolve(runbook.projectFolder, named).slice(1);
}

/** What a step of this side reads when it names a file. */
export function fileReader(side: RunbookSide | undefined, texts: Texts): SqlContext['oldFile'] {
  return (named) => {
    const path = side === undefined ? undefined : defaultOf(named, side);
    if (side === undefined || typeof path !== 'string') return undefined;
    const found = texts.get(pathIn(side, path));
    return found !== undefined && 'text' in found ? found.text : undefined;
  };
}

export interface SqlTreesRequest {
  /** Changed files of SQL. */
  readonly paths: readonly string[];
  readonly trees: Trees;
  readonly sides: readonly RunbookSide[];
}

export async function compareSqlTrees({ paths, trees, sides }: SqlTreesRequest): Promise<Change[]> {
  const uses = paths
    .map((path) => ({ path, ...usersOf(path, sides) }))
    .filter(({ users }) => users.length > 0);
  const used = uses.map(({ path }) => path);
  const texts = { old: await trees.old.read(used), now: await trees.now.read(used) };
  return uses.flatMap(({ path, users, isMigration }) => {
    const odd = oddity(path, trees, texts);
    return odd === undefined
      ? compareSqlFiles({ ...sourcePair(path, trees, texts), users, isMigration })
      : [odd];
  });
}

/** Runbooks that name the file or its folder; else those that compute which file they run. */
function usersOf(
  path: string,
  sides: readonly RunbookSide[],
): { readonly users: readonly string[]; readonly isMigration: boolean } {
  const users = new Set<string>();
  let isMigration = false;
  for (const side of sides)
    for (const { path: named, isFolder } of sqlPathsOf(side)) {
      const whole = pathIn(side, named);
      if (isFolder ? !path.startsWith(`${whole}/`) : path !== whole) continue;
      users.add(side.runbook.name);
      isMigration ||= isFolder;
    }
  if (users.size > 0) return { users: [...users].sort(), isMigration };
  const computing = sides.filter(computesPath).map(({ runbook }) => runbook.name);
  return { users: [...new Set(computing)].sort(), isMigration: false };
}

function computesPath(side: RunbookSide): boolean {
  const named = new Set(sqlPathsOf(side).map(({ step }) => step));
  return side.steps.some(
    ({ id, compiled, written }) =>
      !named.has(id) &&
      ((compiled.action === 'sqlite.execute' && (written.with as { file?: unknown }).file !== undefined) ||
        compiled.action === 'sqlite.migrate'),
  );
}

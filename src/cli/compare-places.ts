// The two places that `belay diff` was asked to compare, opened and compared. Reads files and git objects; writes nothing.

import { lstatSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { Source } from '../document/index.ts';
import type { Comparison } from '../review/diff/index.ts';
import type { Context } from './context.ts';

/** `belay diff A B`: two folders, or two files. */
export async function comparePaths(context: Context, a: string, b: string): Promise<Comparison> {
  const [old, now] = [kindOf(context, a), kindOf(context, b)];
  if (old !== now)
    throw new Failure(
      'usage/invalid-value',
      `\`${a}\` is a ${old} and \`${b}\` a ${now}: expected two files or two folders`,
    );
  return old === 'folder' ? await compareFolders(context, a, b) : await compareTwoFiles(context, a, b);
}

async function compareFolders(context: Context, a: string, b: string): Promise<Comparison> {
  const { compareTrees, openFolderTree } = await import('../review/diff/index.ts');
  const tree = (word: string) => {
    const folder = resolve(context.cwd, word);
    return openFolderTree({
      label: word,
      folder,
      shown: (path) => relative(context.cwd, join(folder, path)),
    });
  };
  return await compareTrees({ old: tree(a), now: tree(b) });
}

async function compareTwoFiles(context: Context, a: string, b: string): Promise<Comparison> {
  const { compareFiles, comparePlans, readPlan } = await import('../review/diff/index.ts');
  const [old, now] = [await load(context, a), await load(context, b)];
  const plans = [readPlan(old.text), readPlan(now.text)];
  const [before, after] = plans;
  if (before !== undefined && after !== undefined)
    return comparePlans({ old: { plan: before, file: old.file }, now: { plan: after, file: now.file } });
  return compareFiles({
    old,
    now,
    readOld: await filesBeside(context, a),
    readNow: await filesBeside(context, b),
  });
}

/** What git gives to an external diff driver: `path old-file old-hex old-mode new-file new-hex new-mode [other similarity]`. */
export async function compareForDriver(context: Context, words: readonly string[]): Promise<Comparison> {
  const { compareFiles } = await import('../review/diff/index.ts');
  const [path = '', oldFile, , , newFile, , , other] = words;
  // An unmerged path has no two sides.
  if (words.length === 1) return { changes: [], files: 0, runbooks: 0 };
  if (oldFile === undefined || newFile === undefined || (words.length !== 7 && words.length !== 9))
    throw new Failure(
      'usage/missing-argument',
      `\`--git-driver\` takes the 7 or 9 arguments that git gives, found ${words.length}`,
      {
        fix: 'git config diff.belay.command "belay diff --git-driver --"',
      },
    );
  const old = oldFile === '/dev/null' ? undefined : await load(context, oldFile, path);
  const now = newFile === '/dev/null' ? undefined : await load(context, newFile, other ?? path);
  const read = await filesBeside(context, path);
  return compareFiles({
    ...(old ? { old } : {}),
    ...(now ? { now } : {}),
    readOld: read,
    readNow: read,
    isUnnamed: true,
  });
}

function kindOf(context: Context, word: string): 'file' | 'folder' {
  const stat = statSync(resolve(context.cwd, word), { throwIfNoEntry: false });
  if (stat === undefined)
    throw new Failure('usage/unreadable-file', `there is no file or folder \`${word}\``);
  return stat.isDirectory() ? 'folder' : 'file';
}

/** A link is read only where it stays in its project; of one that git names there is no content. */
async function load(context: Context, word: string, shownAs?: string): Promise<Source> {
  const path = resolve(context.cwd, word);
  const { loadSource } = await import('../document/index.ts');
  if (shownAs !== undefined && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    return { file: shownAs, text: '' };
  return loadSource(
    path,
    shownAs ?? (relative(context.cwd, path) || basename(path)),
    await projectFolderOf(path),
  );
}

/** Files that a runbook names: below its project, and never outside of it. */
async function filesBeside(context: Context, word: string): Promise<(path: string) => Source | undefined> {
  const { belongsTo, loadSource } = await import('../document/index.ts');
  const folder = await projectFolderOf(resolve(context.cwd, word));
  return (named) => {
    const path = resolve(folder, named);
    if (!belongsTo(path, folder)) return undefined;
    try {
      return loadSource(path, relative(context.cwd, path), folder);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  };
}

/** The folder of the nearest belay.yaml, else that of the file. */
async function projectFolderOf(path: string): Promise<string> {
  const { findProjectFile } = await import('../project/index.ts');
  const project = findProjectFile(dirname(path));
  return dirname(project ?? path);
}

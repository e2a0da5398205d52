// What the files of two trees are: which project they belong to, which of them are runbooks, params or neither.

import { posix } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { parseDocument } from '../../document/index.ts';
import { type Change, change } from './change.ts';
import type { SourcePair } from './compare-sources.ts';
import { show } from './show.ts';
import { list } from './side.ts';
import type { SourceTree, TreeText } from './source-tree.ts';

export interface Trees {
  readonly old: SourceTree;
  readonly now: SourceTree;
}

export type Texts = ReadonlyMap<string, TreeText>;

export function differs({ old, now }: Trees, path: string): boolean {
  const [before, after] = [old.files.get(path), now.files.get(path)];
  return before?.version !== after?.version || before?.kind !== after?.kind;
}

export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

export function isSql(path: string): boolean {
  return /\.sql$/i.test(path);
}

/** By its name: nothing in a project says which files are given with `--params-file`. */
export function isParamsFile(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path) && /(?:^|[/._-])params(?=[/._-])/i.test(path);
}

/** Folders that hold a belay.yaml, the deepest first. */
export function projectFolders({ files }: SourceTree): readonly string[] {
  return [...files.keys()]
    .filter((path) => posix.basename(path) === 'belay.yaml')
    .map(posix.dirname)
    .sort((a, b) => b.length - a.length);
}

/** The project that a file belongs to; undefined: none. */
export function projectOf(path: string, folders: readonly string[]): string | undefined {
  return folders.find((folder) => isBelow(path, folder));
}

export function isBelow(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}

/** Folders whose files are runbooks, whatever they say. */
export function runbookFolders(projects: Texts): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const [path, content] of projects) {
    const written =
      'text' in content ? parseDocument({ file: path, text: content.text }).document?.value : undefined;
    const named =
      isRecord(written) && Array.isArray(written.runbooks) ? list(written.runbooks) : ['runbooks'];
    for (const folder of named)
      folders.add(posix.join(posix.dirname(path), String(folder)).replace(/\/$/, ''));
  }
  return folders;
}

export function isRunbookPath(path: string, folders: ReadonlySet<string>): boolean {
  const folder = posix.dirname(path);
  return isYaml(path) && (folders.has(folder) || posix.basename(folder) === 'runbooks');
}

/** True when either side says that it is one, or would say so if it could be read. */
export function saysRunbook({ old, now }: SourcePair): boolean {
  return [old, now].some((source) => {
    if (source === undefined || !source.text.includes('belay/')) return false;
    const { document } = parseDocument(source);
    if (document === undefined) return true;
    const { value } = document;
    return isRecord(value) && typeof value.apiVersion === 'string' && value.apiVersion.startsWith('belay/');
  });
}

/** Why a file cannot be compared; undefined when it can. */
export function oddity(
  path: string,
  { old, now }: Trees,
  texts: { readonly old: Texts; readonly now: Texts },
): Change | undefined {
  const [before, after] = [old.files.get(path), now.files.get(path)];
  const where = {
    ...(before === undefined ? {} : { old: { file: old.shown(path), line: 1, column: 1 } }),
    ...(after === undefined ? {} : { new: { file: now.shown(path), line: 1, column: 1 } }),
  };
  const name = show(now.shown(path));
  if (before?.kind === 'submodule' || after?.kind === 'submodule')
    return change(
      'unreadable',
      'caution',
      `submodule ${name} changed: what lies in it is not compared`,
      where,
    );
  if (after?.kind === 'link')
    return change(
      'unreadable',
      'danger',
      `${name} is a link${before?.kind === 'file' ? ' now' : ''}: what it leads to runs, and is not compared`,
      where,
    );
  const now_ = texts.now.get(path);
  if (now_ !== undefined && 'problem' in now_)
    return change('unreadable', 'danger', `${name} cannot be compared: ${now_.problem}`, where);
  const then = texts.old.get(path);
  if (before?.kind === 'link' || (then !== undefined && 'problem' in then))
    return change(
      'unreadable',
      'caution',
      `${name} could not be read before (${before?.kind === 'link' ? 'it was a link' : then && 'problem' in then ? then.problem : ''}): what changed cannot be told`,
      where,
    );
  return undefined;
}

export function sourcePair(
  path: string,
  { old, now }: Trees,
  texts: { readonly old: Texts; readonly now: Texts },
): SourcePair {
  const [before, after] = [texts.old.get(path), texts.now.get(path)];
  return {
    ...(before && 'text' in before ? { old: { file: old.shown(path), text: before.text } } : {}),
    ...(after && 'text' in after ? { now: { file: now.shown(path), text: after.text } } : {}),
  };
}

// What git says of the files that make a run: the commit that is checked out, and whether each file is what it holds.
// The texts that were compiled are compared, not what lies on the disk by now.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { RecordedSource } from '../journal/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import { askGit } from '../process/index.ts';
import { bundledRunbookFolder, type PinnedText } from '../project/index.ts';

/** One entry for each file, in the order of the run. What Belay brings itself is known by its version. */
export async function sourcesOf(resolved: ResolvedRun): Promise<RecordedSource[]> {
  const { files, project, paramsFile } = resolved;
  const all = [...files, project.file, paramsFile].filter((file) => file !== undefined);
  const own = bundledRunbookFolder() + sep;
  const asked = [...new Map(all.map((file) => [file.path, file])).values()].filter(
    ({ path }) => isAbsolute(path) && !path.startsWith(own),
  );
  const traced = asked.map(trace);
  const repositories = [...new Set(traced.flatMap(({ repository }) => repository ?? []))];
  const pathsIn = (repository: string) => {
    const inside = traced.filter((each) => each.repository === repository);
    return [...new Set(inside.flatMap(({ entries, folder = [] }) => [...entries.keys()].concat(folder)))];
  };
  const answers = await Promise.all(
    repositories.map(async (each) => [each, await readHead(each, pathsIn(each))] as const),
  );
  const heads = new Map(answers);
  return [
    ...traced.map((each) => sourceOf(each, heads.get(each.repository ?? ''))),
    ...answers.flatMap(([repository, head]) => removedFrom(repository, head, traced)),
  ];
}

function sourceOf({ path, entries }: Traced, head: Head | undefined): RecordedSource {
  if (head === undefined) return { path, unknown: 'it is in no git repository' };
  if ('unknown' in head) return { path, unknown: head.unknown };
  const { commit, ids } = head;
  return { path, commit, isDirty: [...entries].some(([name, isContent]) => !isContent(ids.get(name) ?? '')) };
}

/** A file that the commit has in a folder of migrations, and the folder has not: it changes the run as well. */
function removedFrom(repository: string, head: Head, traced: readonly Traced[]): RecordedSource[] {
  if ('unknown' in head) return [];
  const inside = traced.filter((each) => each.repository === repository);
  const present = new Set(inside.flatMap(({ entries }) => [...entries.keys()]));
  const folders = [...new Set(inside.flatMap(({ folder }) => folder ?? []))];
  return [...head.ids.keys()]
    .filter((name) => /\.sql$/i.test(name) && !present.has(name))
    .filter((name) => folders.some((folder) => name.startsWith(`${folder}/`)))
    .map((name) => ({ path: join(repository, name), commit: head.commit, isDirty: true }));
}

interface Traced {
  readonly path: string;
  /** The nearest folder above it that holds `.git`. */
  readonly repository?: string;
  /** Paths in the repository, each with the test of an object id. A symbolic link is itself an entry. */
  readonly entries: ReadonlyMap<string, (id: string) => boolean>;
  /** That of its migrations, in the repository. */
  readonly folder?: string;
}

function trace({ path, text, folder }: PinnedText): Traced {
  try {
    const [named, real] = [join(realpathSync(dirname(path)), basename(path)), realpathSync(path)];
    const repository = repositoryOf(dirname(real));
    if (repository === undefined) return { path, entries: new Map() };
    const isText = (id: string) => isBlob(id, text) || isBlob(id, `\ufeff${text}`);
    const entries = new Map([[relative(repository, real), isText]]);
    if (lstatSync(named).isSymbolicLink()) {
      const link = readlinkSync(named);
      entries.set(relative(repository, named), (id) => isBlob(id, link));
    }
    if (folder === undefined) return { path, repository, entries };
    return { path, repository, entries, folder: relative(repository, realpathSync(folder)) };
  } catch {
    return { path, entries: new Map() };
  }
}

function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

type Head =
  | { readonly commit: string; readonly ids: ReadonlyMap<string, string> }
  | { readonly unknown: string };

async function readHead(repository: string, paths: readonly string[]): Promise<Head> {
  const [named, tree] = await Promise.all([
    askGit(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    askGit(repository, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD', '--', ...paths]),
  ]);
  const problem = named.problem ?? tree.problem;
  if (problem !== undefined)
    return { unknown: /^git ended with 1$/.test(problem) ? 'nothing has been committed yet' : problem };
  const lines = tree.stdout.toString('utf8').split('\0');
  const ids = lines.flatMap((line) => {
    const [, id, name] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return id === undefined || name === undefined ? [] : [[name, id] as const];
  });
  return { commit: named.stdout.toString('utf8').trim(), ids: new Map(ids) };
}

/** Object ids are SHA-1, in newer repositories SHA-256. */
function isBlob(id: string, text: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  const hash = createHash(id.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === id;
}

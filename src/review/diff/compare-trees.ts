// Two trees → all that changed in what their runbooks do. Reads only files whose content differs, and the runbooks that
// a changed file of SQL, params or project settings can reach.

import { posix } from 'node:path';
import { type Change, change, compareChanges } from './change.ts';
import {
  compareParamsFiles,
  compareProjectFiles,
  compareRunbookPair,
  type RunbookPair,
  type SourcePair,
} from './compare-sources.ts';
import { headOf } from './describe-runbook.ts';
import { show } from './show.ts';
import { compileSide, type RunbookSide } from './side.ts';
import {
  differs,
  isBelow,
  isParamsFile,
  isRunbookPath,
  isSql,
  isYaml,
  oddity,
  projectFolders,
  projectOf,
  runbookFolders,
  saysRunbook,
  sourcePair,
  type Trees,
} from './tree-files.ts';
import { compareSqlTrees, fileReader, sqlFilesOf } from './tree-sql.ts';

export interface TreeRequest extends Trees {
  /** Files that are asked about; all, when absent. */
  readonly scope?: (path: string) => boolean;
}

export interface Comparison {
  /** Sorted. */
  readonly changes: readonly Change[];
  /** Files that differ and say something about runs. */
  readonly files: number;
  /** Runbooks compared. */
  readonly runbooks: number;
}

interface Sorted {
  readonly runbooks: Map<string, RunbookPair>;
  readonly projects: Map<string, SourcePair>;
  readonly params: SourcePair[];
  readonly odd: Change[];
}

export async function compareTrees({ scope = () => true, ...trees }: TreeRequest): Promise<Comparison> {
  const changed = [...new Set([...trees.old.files.keys(), ...trees.now.files.keys()])]
    .filter((path) => scope(path) && !/\.test\.ya?ml$/i.test(path) && differs(trees, path))
    .sort();
  const homes = await homesOf(trees, changed);
  const sorted = await sortFiles(trees, changed, homes);
  const found: Change[] = [...sorted.odd, ...pairMoved(sorted.runbooks)];
  const sqlPaths = changed.filter(isSql);
  const reached = [
    ...sqlPaths,
    ...sorted.projects.keys(),
    ...(sorted.params.length > 0 ? changed.filter(isParamsFile) : []),
  ];
  const others = await compileOthers(trees, reached, sorted.runbooks, homes);
  const now = [...others, ...compiledOf(sorted.runbooks, 'now')];
  found.push(...(await compareRunbookPairs(trees, sorted.runbooks)));
  for (const [path, pair] of sorted.projects) {
    const folder = posix.dirname(path);
    const own = now.filter(({ runbook }) => runbook.projectFolder === virtual(folder));
    found.push(...compareProjectFiles(pair, virtual(folder), own));
  }
  for (const pair of sorted.params) found.push(...compareParamsFiles(pair, now));
  const sides = [...now, ...compiledOf(sorted.runbooks, 'old')];
  found.push(...(await compareSqlTrees({ paths: sqlPaths, trees, sides })));
  const files =
    sorted.runbooks.size + sorted.projects.size + sorted.params.length + sqlPaths.length + sorted.odd.length;
  return { changes: found.sort(compareChanges), files, runbooks: sorted.runbooks.size };
}

interface Homes {
  readonly folders: { readonly old: readonly string[]; readonly now: readonly string[] };
  readonly runbooks: ReadonlySet<string>;
}

/** The projects that changed files belong to, and where their runbooks lie. */
async function homesOf(trees: Trees, changed: readonly string[]): Promise<Homes> {
  const folders = { old: projectFolders(trees.old), now: projectFolders(trees.now) };
  const runbooks = new Set<string>();
  for (const side of ['old', 'now'] as const) {
    const projects = new Set(
      changed.map((path) => projectOf(path, folders[side])).filter((each) => each !== undefined),
    );
    const texts = await trees[side].read([...projects].map((folder) => posix.join(folder, 'belay.yaml')));
    for (const folder of runbookFolders(texts)) runbooks.add(folder);
  }
  return { folders, runbooks };
}

async function sortFiles(trees: Trees, changed: readonly string[], homes: Homes): Promise<Sorted> {
  const wanted = changed.filter((path) => isYaml(path) || isParamsFile(path));
  const texts = { old: await trees.old.read(wanted), now: await trees.now.read(wanted) };
  const sorted: Sorted = { runbooks: new Map(), projects: new Map(), params: [], odd: [] };
  for (const path of changed) {
    if (isSql(path)) continue;
    const isProject = posix.basename(path) === 'belay.yaml';
    const isHome = isProject || isRunbookPath(path, homes.runbooks);
    const isSubmodule = [trees.old, trees.now].some(({ files }) => files.get(path)?.kind === 'submodule');
    const odd = isHome || isSubmodule ? oddity(path, trees, texts) : undefined;
    const pair = sourcePair(path, trees, texts);
    if (odd !== undefined) sorted.odd.push(odd);
    else if (isProject) sorted.projects.set(path, pair);
    else if (isHome || (isYaml(path) && saysRunbook(pair)))
      sorted.runbooks.set(path, compilePair(path, pair, homes));
    else if (isParamsFile(path) && (pair.old ?? pair.now) !== undefined) sorted.params.push(pair);
  }
  return sorted;
}

function virtual(folder: string): string {
  return folder === '.' ? '/' : `/${folder}`;
}

function compilePair(path: string, { old, now }: SourcePair, { folders }: Homes): RunbookPair {
  const compile = (source: SourcePair['old'], side: 'old' | 'now') => {
    if (source === undefined) return undefined;
    const projectFolder = virtual(projectOf(path, folders[side]) ?? posix.dirname(path));
    return { ...compileSide({ source, path: `/${path}`, projectFolder }), source };
  };
  const [before, after] = [compile(old, 'old'), compile(now, 'now')];
  return { ...(before ? { old: before } : {}), ...(after ? { now: after } : {}) };
}

/** A runbook of the same name at another path has moved; the pairs are made one. */
function pairMoved(pairs: Map<string, RunbookPair>): Change[] {
  const found: Change[] = [];
  for (const [newPath, { old: none, now }] of [...pairs]) {
    if (none !== undefined || now?.side === undefined) continue;
    const name = now.side.runbook.name;
    const from = [...pairs].find(
      ([, pair]) =>
        pair.now === undefined &&
        (pair.old?.side?.runbook.name === name || pair.old?.source.text === now.source.text),
    );
    if (from?.[1].old === undefined) continue;
    const [oldPath, { old }] = from;
    pairs.delete(oldPath);
    pairs.set(newPath, { old, now });
    const where = { new: headOf(now.side), runbook: name, ...(old.side ? { old: headOf(old.side) } : {}) };
    found.push(
      change('runbook-renamed', 'info', `${show(old.source.file)} is now ${show(now.source.file)}`, where),
    );
  }
  return found;
}

/** Unchanged runbooks of the projects that these files belong to: the same on both sides. */
async function compileOthers(
  trees: Trees,
  reached: readonly string[],
  pairs: ReadonlyMap<string, RunbookPair>,
  homes: Homes,
): Promise<RunbookSide[]> {
  if (reached.length === 0) return [];
  const { folders, runbooks } = homes;
  const projects = [...new Set(reached.map((path) => projectOf(path, folders.now) ?? '.'))];
  const paths = [...trees.now.files.keys()].filter(
    (path) =>
      isYaml(path) &&
      !pairs.has(path) &&
      posix.basename(path) !== 'belay.yaml' &&
      !/\.test\.ya?ml$/i.test(path) &&
      projects.some((folder) => isBelow(path, folder)),
  );
  const texts = await trees.now.read(paths);
  return paths.flatMap((path) => {
    const pair = sourcePair(path, trees, { old: new Map(), now: texts });
    if (!isRunbookPath(path, runbooks) && !saysRunbook(pair)) return [];
    const side = compilePair(path, pair, homes).now?.side;
    return side === undefined ? [] : [side];
  });
}

function compiledOf(pairs: ReadonlyMap<string, RunbookPair>, side: 'old' | 'now'): RunbookSide[] {
  return [...pairs.values()].flatMap((pair) => {
    const compiled = pair[side]?.side;
    return compiled === undefined ? [] : [compiled];
  });
}

async function compareRunbookPairs(trees: Trees, pairs: ReadonlyMap<string, RunbookPair>): Promise<Change[]> {
  const texts = {
    old: await trees.old.read(sqlFilesOf(compiledOf(pairs, 'old'))),
    now: await trees.now.read(sqlFilesOf(compiledOf(pairs, 'now'))),
  };
  return [...pairs.values()].flatMap((pair) =>
    compareRunbookPair(pair, {
      oldFile: fileReader(pair.old?.side, texts.old),
      newFile: fileReader(pair.now?.side, texts.now),
    }),
  );
}

// Two files that were named: runbooks, project files, SQL, params. What they say of themselves decides what they are.

import { posix } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { parseDocument, type Source } from '../../document/index.ts';
import { type Change, compareChanges } from './change.ts';
import {
  compareParamsFiles,
  compareProjectFiles,
  compareRunbookPair,
  type SourcePair,
} from './compare-sources.ts';
import { type SqlContext, sqlPathsOf } from './compare-sql.ts';
import { compareSqlFiles } from './compare-sql-files.ts';
import type { Comparison } from './compare-trees.ts';
import { defaultOf } from './param-value.ts';
import { compileSide, type RunbookSide } from './side.ts';

export interface FilesRequest extends SourcePair {
  /** Files that a runbook names, from its project, on each side. */
  readonly readOld: (path: string) => Source | undefined;
  readonly readNow: (path: string) => Source | undefined;
}

/** Both sides are in one project that does not matter: its paths are the same on both. */
const project = '/project';

export function compareFiles(request: FilesRequest): Comparison {
  const { old, now } = request;
  const pair: SourcePair = { ...(old ? { old } : {}), ...(now ? { now } : {}) };
  const kind = kindOf(pair);
  const changes =
    kind === 'runbook'
      ? compareRunbookFiles(request)
      : kind === 'project'
        ? compareProjectFiles(pair, project, [])
        : kind === 'sql'
          ? compareSqlFiles({ ...pair, users: [], isMigration: false })
          : compareParamsFiles(pair, []);
  return { changes: [...changes].sort(compareChanges), files: 1, runbooks: kind === 'runbook' ? 1 : 0 };
}

function kindOf({ old, now }: SourcePair): 'runbook' | 'project' | 'sql' | 'params' {
  const sources = [now, old].filter((each) => each !== undefined);
  if (sources.some(({ file }) => /\.sql$/i.test(file))) return 'sql';
  if (sources.some(({ file }) => posix.basename(file) === 'belay.yaml')) return 'project';
  const said = sources.map((source) => whatItSays(source));
  return said.find((each) => each !== 'broken') ?? 'runbook';
}

function whatItSays(source: Source): 'runbook' | 'project' | 'params' | 'broken' {
  const { document } = parseDocument(source);
  const value = document?.value;
  if (!isRecord(value)) return 'broken';
  if (value.apiVersion === undefined && value.steps === undefined) return 'params';
  const isProject =
    value.steps === undefined &&
    ['stores', 'environments', 'runbooks', 'schedules', 'state'].some((key) => key in value);
  return isProject ? 'project' : 'runbook';
}

function compareRunbookFiles({ old, now, readOld, readNow }: FilesRequest): Change[] {
  const compile = (source: Source | undefined) =>
    source && { ...compileSide({ source, path: `${project}/runbook.yaml`, projectFolder: project }), source };
  const [before, after] = [compile(old), compile(now)];
  const reader =
    (side: RunbookSide | undefined, read: FilesRequest['readOld']): SqlContext['oldFile'] =>
    (named) => {
      const path = side === undefined ? undefined : defaultOf(named, side);
      return typeof path === 'string' ? read(path)?.text : undefined;
    };
  const context = { oldFile: reader(before?.side, readOld), newFile: reader(after?.side, readNow) };
  const found = compareRunbookPair(
    { ...(before ? { old: before } : {}), ...(after ? { now: after } : {}) },
    context,
  );
  if (before?.side === undefined || after?.side === undefined) return found;
  // A file of the same name in two projects.
  const named = new Set(filesOf(before.side));
  const users = [after.side.runbook.name];
  for (const path of new Set(filesOf(after.side).filter((each) => named.has(each)))) {
    const [from, to] = [readOld(path), readNow(path)];
    if (from !== undefined && to !== undefined && from.text !== to.text)
      found.push(...compareSqlFiles({ old: from, now: to, users, isMigration: false }));
  }
  return found;
}

function filesOf(side: RunbookSide): string[] {
  return sqlPathsOf(side).flatMap(({ path, isFolder }) => (isFolder ? [] : [path]));
}

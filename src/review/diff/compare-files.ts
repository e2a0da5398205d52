// Two files that were named: runbooks, project files, SQL, params. What they say of themselves decides what they are.

import { posix } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { parseDocument, type Source } from '../../document/index.ts';
import { type Change, change, compareChanges } from './change.ts';
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
import { show } from './show.ts';
import { compileSide, type RunbookSide } from './side.ts';
import { isParamsFile } from './tree-files.ts';

export interface FilesRequest extends SourcePair {
  /** Files that a runbook names, from its project, on each side. */
  readonly readOld: (path: string) => Source | undefined;
  readonly readNow: (path: string) => Source | undefined;
  /** Nobody named them: what is no file of Belay, by content and name, is not taken for params. */
  readonly isUnnamed?: boolean;
}

/** Both sides are in one project that does not matter: its paths are the same on both. */
const project = '/project';

export function compareFiles(request: FilesRequest): Comparison {
  const { old, now } = request;
  const pair: SourcePair = { ...(old ? { old } : {}), ...(now ? { now } : {}) };
  const kind = kindOf(pair, request.isUnnamed === true);
  if (kind === 'other') return { changes: [foreign(pair)], files: 1, runbooks: 0 };
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

type Kind = 'runbook' | 'project' | 'sql' | 'params' | 'other';

function kindOf({ old, now }: SourcePair, isUnnamed: boolean): Kind {
  const sources = [now, old].filter((each) => each !== undefined);
  if (sources.some(({ file }) => /\.sql$/i.test(file))) return 'sql';
  if (sources.some(({ file }) => posix.basename(file) === 'belay.yaml')) return 'project';
  const said = sources.map((source) => whatItSays(source));
  const kind = said.find((each) => each !== 'broken') ?? 'runbook';
  return kind === 'params' && isUnnamed && !sources.some(({ file }) => isParamsFile(file)) ? 'other' : kind;
}

function foreign({ old, now }: SourcePair): Change {
  const file = now?.file ?? old?.file ?? '';
  const at = { line: 1, column: 1 };
  return change(
    'unreadable',
    'info',
    `${show(file)} is no file of Belay: how it differs, \`git diff --no-ext-diff\` shows`,
    {
      ...(old ? { old: { file: old.file, ...at } } : {}),
      ...(now ? { new: { file: now.file, ...at } } : {}),
    },
  );
}

function whatItSays(source: Source): Kind | 'broken' {
  const { document } = parseDocument(source);
  const value = document?.value;
  if (!isRecord(value)) return 'broken';
  if (value.apiVersion === undefined && value.steps === undefined) return 'params';
  if (typeof value.apiVersion === 'string' && !value.apiVersion.startsWith('belay/')) return 'other';
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

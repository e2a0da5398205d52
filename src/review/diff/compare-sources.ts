// One file before and after, as text: a runbook, belay.yaml, SQL or params. What does not compile is said, and does not
// stop the others.

import type { Finding } from '../../diagnostic/index.ts';
import { parseDocument, type Source } from '../../document/index.ts';
import { type Change, change } from './change.ts';
import { compareIgnores } from './compare-ignores.ts';
import { compareProjects } from './compare-project.ts';
import { compareRunbooks } from './compare-runbooks.ts';
import type { SqlContext } from './compare-sql.ts';
import { compareValues } from './compare-values.ts';
import { describeNewRunbook, describeOldRunbook } from './describe-runbook.ts';
import { projectSideOf } from './project-side.ts';
import { show } from './show.ts';
import { type CompiledSide, type RunbookSide, record } from './side.ts';

export interface SourcePair {
  readonly old?: Source;
  readonly now?: Source;
}

/** A runbook that has been compiled, or not; absent: the file was not there. */
export interface RunbookPair {
  readonly old?: CompiledSide & { readonly source: Source };
  readonly now?: CompiledSide & { readonly source: Source };
}

export function compareRunbookPair(pair: RunbookPair, sql: SqlContext): Change[] {
  return [...compareWhatRuns(pair, sql), ...compareIgnores(pair.old?.source, pair.now?.source)];
}

function compareWhatRuns({ old, now }: RunbookPair, sql: SqlContext): Change[] {
  if (old?.source.text === now?.source.text && old?.side !== undefined && now?.side !== undefined)
    return compareRunbooks(old.side, now.side, sql);
  if (now === undefined) return old?.side === undefined ? gone(old) : [describeOldRunbook(old.side)];
  if (now.side === undefined) return [brokenNow(now.findings, old)];
  if (old === undefined) return describeNewRunbook(now.side, sql);
  if (old.side === undefined)
    return [
      change(
        'does-not-compile',
        'caution',
        `${show(old.source.file)} did not compile before (${firstOf(old.findings)}), so that what changed cannot be told; all it can do is new`,
        {
          ...placed(old.findings, 'old'),
          new: { file: now.source.file, line: 1, column: 1 },
        },
      ),
      ...describeNewRunbook(now.side, sql),
    ];
  return compareRunbooks(old.side, now.side, sql);
}

function gone(old: RunbookPair['old']): Change[] {
  if (old === undefined) return [];
  const message = `${show(old.source.file)} was removed; it did not compile`;
  return [change('runbook-removed', 'info', message, { old: { file: old.source.file, line: 1, column: 1 } })];
}

function brokenNow(findings: readonly Finding[], old: RunbookPair['old']): Change {
  const [first] = findings;
  const file = first?.place?.file ?? '';
  const when =
    old === undefined
      ? 'was added and does not compile'
      : old.side === undefined
        ? 'does not compile, as before'
        : 'does not compile any more';
  const level = old !== undefined && old.side === undefined ? 'caution' : 'danger';
  return change('does-not-compile', level, `${show(file)} ${when}: ${firstOf(findings)}`, {
    ...placed(findings, 'new'),
    fix: `belay validate ${file}`,
  });
}

function firstOf(findings: readonly Finding[]): string {
  const [first, ...others] = findings;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${first?.message ?? 'it cannot be read'}${more}`;
}

function placed(findings: readonly Finding[], side: 'old' | 'new'): Partial<Change> {
  const place = findings[0]?.place;
  return place === undefined ? {} : { [side]: place };
}

const emptyProject = 'apiVersion: belay/v1\n';

/** A belay.yaml that is not there means the defaults. */
export function compareProjectFiles(
  { old, now }: SourcePair,
  folder: string,
  runbooks: readonly RunbookSide[],
): Change[] {
  const file = now?.file ?? old?.file ?? 'belay.yaml';
  const [before, after] = [old, now].map((source) =>
    projectSideOf(source ?? { file, text: emptyProject }, folder),
  );
  if (after?.side === undefined) {
    const wasSound = before?.side !== undefined;
    const message = `${show(file)} ${wasSound ? 'does not compile any more' : 'does not compile, as before'}: ${firstOf(after?.findings ?? [])}`;
    return [
      change(
        'does-not-compile',
        wasSound ? 'danger' : 'caution',
        `${message}; every command of the project is refused`,
        {
          ...placed(after?.findings ?? [], 'new'),
          fix: 'belay validate',
        },
      ),
    ];
  }
  if (before?.side === undefined)
    return [
      change(
        'does-not-compile',
        'caution',
        `${show(file)} did not compile before (${firstOf(before?.findings ?? [])}), so that what changed cannot be told`,
        {
          ...placed(before?.findings ?? [], 'old'),
          new: { file, line: 1, column: 1 },
        },
      ),
    ];
  const found = [
    ...wholeFile({ ...(old ? { old } : {}), ...(now ? { now } : {}) }),
    ...compareProjects({ old: before.side, now: after.side, runbooks }),
  ];
  // What is not there has no place.
  return found.map(({ old: oldPlace, new: newPlace, ...rest }) => ({
    ...rest,
    ...(old === undefined || oldPlace === undefined ? {} : { old: oldPlace }),
    ...(now === undefined || newPlace === undefined ? {} : { new: newPlace }),
  }));
}

function wholeFile({ old, now }: SourcePair): Change[] {
  const at = (file: string) => ({ file, line: 1, column: 1 });
  if (now === undefined && old !== undefined)
    return [
      change('project-changed', 'danger', `${show(old.file)} was removed: the defaults of Belay apply`, {
        old: at(old.file),
      }),
    ];
  if (old === undefined && now !== undefined)
    return [change('project-changed', 'info', `${show(now.file)} was added`, { new: at(now.file) })];
  return [];
}

/** A file for `--params-file`. */
export function compareParamsFiles({ old, now }: SourcePair, runbooks: readonly RunbookSide[]): Change[] {
  const file = now?.file ?? old?.file ?? '';
  const [before, after] = [old, now].map((source) =>
    source === undefined ? undefined : parseDocument(source),
  );
  const broken = after !== undefined && after.document === undefined;
  if (broken)
    return [
      change(
        'does-not-compile',
        'danger',
        `${show(file)} cannot be read any more: ${firstOf(after.findings)}`,
        placed(after.findings, 'new'),
      ),
    ];
  const values = { old: record(before?.document?.value), now: record(after?.document?.value) };
  // By its name it may hold params; by its content no runbook takes any of it.
  const isTaken = runbooks.some(({ runbook }) =>
    runbook.params.some(({ name }) => name in values.old || name in values.now),
  );
  if (runbooks.length > 0 && !isTaken) return [];
  return compareValues({
    of: show(file),
    ...values,
    runbooks,
    where: (name) => ({
      ...(before?.document ? { old: before.document.keyPlace([name]) } : {}),
      ...(after?.document ? { new: after.document.keyPlace([name]) } : {}),
    }),
  });
}

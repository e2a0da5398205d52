// The SQL of a step: written in it, or named by it. Changed files themselves are told once, not per step that uses them.

import { posix } from 'node:path';
import type { SqlReading } from '../sql/index.ts';
import { type Change, change } from './change.ts';
import { comparePredicates, compareStatements, type SqlDifference } from './compare-statements.ts';
import { inputRules } from './input-rules.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { defaultOf } from './param-value.ts';
import { readSql } from './read-sql.ts';
import { show } from './show.ts';
import { list, type RunbookSide, record, type StepView } from './side.ts';
import { predicateParts } from './sql-predicate.ts';
import type { StepPair } from './step-pair.ts';

export interface SqlContext {
  /** The text of a file that a step names; undefined when it is not there or outside the project. */
  readonly oldFile: (path: string) => string | undefined;
  readonly newFile: (path: string) => string | undefined;
}

export function compareSql(pair: StepPair, context: SqlContext): Change[] {
  if (!pair.now.compiled.action?.startsWith('sqlite.')) return [];
  return [
    ...compareTexts(pair, context),
    ...compareBounds(pair),
    ...compareWhere(pair),
    ...compareFolder(pair),
  ];
}

/** What the SQL of a step that was not there can do beyond its action. */
export function sqlOfAdded(now: StepView, context: SqlContext): Change[] {
  if (!now.compiled.action?.startsWith('sqlite.')) return [];
  return textsOf(now, context.newFile).flatMap((text) =>
    compareStatements({ statements: [], problems: [] }, readSql(text.sql), show(now.id))
      .filter(({ level }) => level === 'danger')
      .map((each) => toChange(each, undefined, [text], undefined, now)),
  );
}

interface SqlText {
  readonly sql: string;
  /** Where it stands in the step; a file has its own places. */
  readonly below: readonly (string | number)[];
  readonly isFile: boolean;
}

function textsOf({ written }: StepView, file: SqlContext['oldFile']): readonly SqlText[] {
  const inputs = record(written.with);
  if (typeof inputs.sql === 'string') return [{ sql: inputs.sql, below: ['with', 'sql'], isFile: false }];
  if (Array.isArray(inputs.statements))
    return inputs.statements.map((each, index) => ({
      sql: String(record(each).sql ?? ''),
      below: ['with', 'statements', index, 'sql'],
      isFile: false,
    }));
  const text = typeof inputs.file === 'string' ? file(inputs.file) : undefined;
  return text === undefined ? [] : [{ sql: text, below: ['with', 'file'], isFile: true }];
}

function compareTexts(pair: StepPair, context: SqlContext): Change[] {
  const { old, now } = pair;
  const [before, after] = [record(old.written.with), record(now.written.with)];
  // The same file: what changed in it is told of the file.
  if (before.file !== undefined && isSame(pathOf(before.file), pathOf(after.file))) return [];
  const [from, to] = [textsOf(old, context.oldFile), textsOf(now, context.newFile)];
  const moved = compareFileName(pair, to.length > 0 && from.length > 0);
  if (from.length === 0 && to.length === 0) return moved;
  const [readingOld, readingNow] = [join(from), join(to)];
  const found = compareStatements(readingOld, readingNow, show(now.id));
  return [...moved, ...found.map((each) => toChange(each, from, to, old, now))];
}

function compareFileName({ old, now }: StepPair, areRead: boolean): Change[] {
  const [before, after] = [record(old.written.with).file, record(now.written.with).file];
  if (isSame(pathOf(before), pathOf(after))) return [];
  const where = { step: now.id, old: old.place('with', 'file'), new: now.place('with', 'file') };
  const said =
    after === undefined
      ? `${show(now.id)} no longer reads its SQL from ${show(before)}`
      : `${show(now.id)} now reads its SQL from ${show(after)}${before === undefined ? '' : `, before ${show(before)}`}`;
  return [change('sql-changed', areRead || after === undefined ? 'info' : 'caution', said, where)];
}

/** All texts of a step as one reading, each statement at its offset in its own text. */
function join(texts: readonly SqlText[]): SqlReading {
  const readings = texts.map(({ sql }) => readSql(sql));
  return {
    statements: readings.flatMap(({ statements }) => statements),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

function toChange(
  found: SqlDifference,
  from: readonly SqlText[] | undefined,
  to: readonly SqlText[],
  old: StepView | undefined,
  now: StepView,
): Change {
  const before = found.old && old ? placeOf(old, from ?? [], found.old) : old?.place('with');
  const after = found.now ? placeOf(now, to, found.now) : now.place(...(to[0]?.below ?? ['with']));
  return change(found.kind, found.level, found.message, {
    step: now.id,
    new: after,
    ...(before === undefined ? {} : { old: before }),
  });
}

function placeOf(
  view: StepView,
  texts: readonly SqlText[],
  { sql, offset }: { sql: string; offset: number },
) {
  const text = texts.find((each) => each.sql.startsWith(sql, offset));
  if (text === undefined) return view.place('with');
  return text.isFile ? view.place(...text.below) : view.placeIn(text.below, offset, sql.length);
}

/** Bounds and values of single statements. */
function compareBounds({ old, now, renames }: StepPair): Change[] {
  const [before, after] = [
    list(record(old.written.with).statements),
    list(record(now.written.with).statements),
  ];
  if (before.length !== after.length) return [];
  return after.flatMap((statement, index) => {
    const [from, to] = [record(before[index]), record(statement)];
    const where = (key: string) => ({
      step: now.id,
      old: old.place('with', 'statements', index, key),
      new: now.place('with', 'statements', index, key),
    });
    const bounds = (['min', 'max'] as const).flatMap((key) => {
      const [low, high] = [record(from.changes)[key], record(to.changes)[key]];
      const verdict = inputRules[`sqlite.execute changes.${key}`]?.(low, high);
      if (verdict === undefined || verdict === 'same') return [];
      const words = verdict.words === '' ? '' : `: ${verdict.words}`;
      const went = `\`changes.${key}\` of statement ${index + 1} of ${show(now.id)} went from ${show(low)} to ${show(high)}`;
      return [change(verdict.kind, verdict.level, `${went}${words}`, where('changes'))];
    });
    if (isSame(renamed(normalValue(from.params), renames), normalValue(to.params))) return bounds;
    const said = `the values of statement ${index + 1} of ${show(now.id)} went from ${show(from.params)} to ${show(to.params)}`;
    return [...bounds, change('input-changed', 'caution', said, where('params'))];
  });
}

/** The predicate of an action that is one. */
function compareWhere({ old, now, sides }: StepPair): Change[] {
  const [written, given] = [record(old.written.with).where, record(now.written.with).where];
  const [before, after] = [defaultOf(written, sides.old), defaultOf(given, sides.now)];
  const sql = { format: 'sql' };
  if (isSame(normalValue(written, sql), normalValue(given, sql))) return [];
  const where = { step: now.id, old: old.place('with', 'where'), new: now.place('with', 'where') };
  const id = show(now.id);
  if (typeof before !== 'string' || typeof after !== 'string')
    return [
      after === undefined
        ? change(
            'sql-unbounded',
            'danger',
            `\`where\` of ${id} (${show(before)}) was removed: nothing in it chooses rows any more`,
            where,
          )
        : change('sql-changed', 'caution', `\`where\` of ${id} is now ${show(after)}`, where),
    ];
  const reaches = comparePredicates(predicateParts(before), predicateParts(after));
  if (reaches !== undefined)
    return [
      change(
        'sql-changed',
        reaches.isWider ? 'danger' : 'info',
        `\`where\` of ${id} selects ${reaches.isWider ? 'more' : 'fewer'} rows: ${reaches.detail}`,
        where,
      ),
    ];
  return [
    change(
      'sql-changed',
      'caution',
      `\`where\` of ${id} selects other rows: ${show(written)} became ${show(given)}`,
      where,
    ),
  ];
}

/** Another folder of migrations, or another archive. */
function compareFolder({ old, now }: StepPair): Change[] {
  const [before, after] = [record(old.written.with).from, record(now.written.with).from];
  if (isSame(pathOf(before), pathOf(after))) return [];
  const where = { step: now.id, old: old.place('with', 'from'), new: now.place('with', 'from') };
  const said = `${show(now.id)} now reads ${show(after)}, before ${show(before)}`;
  if (now.compiled.action !== 'sqlite.migrate') return [change('input-changed', 'caution', said, where)];
  return [
    change(
      'sql-changed',
      'danger',
      `${said}: other migrations run, and none of them is compared here`,
      where,
    ),
  ];
}

function pathOf(value: unknown): unknown {
  return typeof value === 'string' ? normalValue(posix.normalize(value)) : value;
}

/** Files and folders of SQL that a runbook names, as far as that is known without a run. */
export function sqlPathsOf(
  side: RunbookSide,
): readonly { readonly step: string; readonly path: string; readonly isFolder: boolean }[] {
  return side.steps.flatMap(({ id, written, compiled }) => {
    const key =
      compiled.action === 'sqlite.execute'
        ? 'file'
        : compiled.action === 'sqlite.migrate'
          ? 'from'
          : undefined;
    const value = key === undefined ? undefined : defaultOf(record(written.with)[key], side);
    if (typeof value !== 'string' || value.includes('${{')) return [];
    return [{ step: id, path: value, isFolder: key === 'from' }];
  });
}

// Two texts of SQL, statement by statement: what came, what went, what now reaches further. Layout, comments and the case
// of keywords are no change.

import type { SqlReading, SqlStatementReading } from '../sql/index.ts';
import type { ChangeKind, ChangeLevel } from './change.ts';
import { normalSql } from './normal-sql.ts';
import { show, showAll } from './show.ts';
import { whereParts } from './sql-predicate.ts';

export interface SqlDifference {
  readonly kind: ChangeKind;
  readonly level: ChangeLevel;
  readonly message: string;
  readonly old?: SqlStatementReading;
  readonly now?: SqlStatementReading;
}

/** `what` is whose SQL it is, such as `` `purge` `` or `` `sql/purge.sql` ``. */
export function compareStatements(old: SqlReading, now: SqlReading, what: string): SqlDifference[] {
  const rebuilt = rebuiltBy(now);
  const [before, after] = [keyed(old), keyed(now)];
  const gone = without(before, after);
  const come = without(after, before);
  if (gone.length === 0 && come.length === 0) {
    if (before.map(({ key }) => key).join(';') === after.map(({ key }) => key).join(';')) return [];
    return [
      difference(
        'sql-changed',
        'caution',
        `the statements of ${what} run in another order`,
        undefined,
        after[0]?.statement,
      ),
    ];
  }
  const found: SqlDifference[] = [];
  const left = [...gone];
  for (const { statement } of come) {
    const at = left.findIndex((each) => isCounterpart(each.statement, statement));
    const [counterpart] = at < 0 ? [] : left.splice(at, 1);
    found.push(
      ...(counterpart === undefined
        ? added(statement, what, rebuilt)
        : changed(counterpart.statement, statement, what)),
    );
  }
  for (const { statement } of left) {
    const level = statement.kind === 'select' ? 'info' : 'caution';
    found.push(difference('sql-changed', level, `${what} no longer runs ${nameOf(statement)}`, statement));
  }
  return found;
}

/** Tables that another takes the name of: SQLite's way to change what ALTER TABLE cannot. */
function rebuiltBy({ statements }: SqlReading): ReadonlySet<string> {
  const renamed = statements.filter(
    ({ kind, before, after }) => kind === 'alter' && before?.name !== after?.name,
  );
  return new Set(renamed.map(({ after }) => (after?.name ?? '').toLowerCase()));
}

interface Keyed {
  readonly key: string;
  readonly statement: SqlStatementReading;
}

function keyed({ statements }: SqlReading): Keyed[] {
  return statements
    .map((statement) => ({ key: normalSql(statement.sql), statement }))
    .filter(({ key }) => key !== '');
}

function without(all: readonly Keyed[], others: readonly Keyed[]): Keyed[] {
  const left = others.map(({ key }) => key);
  return all.filter(({ key }) => {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function isCounterpart(a: SqlStatementReading, b: SqlStatementReading): boolean {
  return a.kind === b.kind && (a.table ?? '').toLowerCase() === (b.table ?? '').toLowerCase();
}

/** Risks of a statement that was not there. */
function added(now: SqlStatementReading, what: string, rebuilt: ReadonlySet<string>): SqlDifference[] {
  const isRebuild = now.kind === 'drop' && rebuilt.has((now.table ?? '').toLowerCase());
  const reach = isRebuild ? undefined : reachOf(now);
  if (reach !== undefined)
    return [
      difference('sql-unbounded', 'danger', `${what} now runs ${nameOf(now)}: ${reach}`, undefined, now),
    ];
  const level = now.kind === 'select' ? 'info' : 'caution';
  return [
    difference(
      'sql-changed',
      level,
      `${what} now runs ${nameOf(now)}${isRebuild ? ', and another takes its name' : ''}${tableWords(undefined, now)}${problemOf(now)}`,
      undefined,
      now,
    ),
  ];
}

function changed(old: SqlStatementReading, now: SqlStatementReading, what: string): SqlDifference[] {
  const name = `${now.kind.toUpperCase()} in ${what}`;
  const tables = tableWords(old, now);
  if (old.hasPredicate === true && now.hasPredicate === false) {
    const lost =
      whereParts(now.sql) === undefined ? 'lost its WHERE' : 'has a WHERE that holds for every row';
    return [difference('sql-unbounded', 'danger', `${name} ${lost}: ${reachOf(now)}${tables}`, old, now)];
  }
  const reach = reachOf(now);
  if (reach !== undefined && reachOf(old) === undefined)
    return [difference('sql-unbounded', 'danger', `${name} changed: ${reach}${tables}`, old, now)];
  const [before, after] = [whereParts(old.sql), whereParts(now.sql)];
  const reaches = headOf(old.sql) === headOf(now.sql) ? comparePredicates(before, after) : undefined;
  const writes = now.kind === 'delete' || now.kind === 'update';
  if (writes && reaches?.isWider === true)
    return [
      difference(
        'sql-changed',
        'danger',
        `${name} reaches more rows${onTable(now)}: ${reaches.detail}${tables}`,
        old,
        now,
      ),
    ];
  if (writes && reaches?.isWider === false && tables === '')
    return [
      difference(
        'sql-changed',
        'info',
        `${name} reaches fewer rows${onTable(now)}: ${reaches.detail}`,
        old,
        now,
      ),
    ];
  return [
    difference(
      'sql-changed',
      'caution',
      `${now.kind.toUpperCase()}${onTable(now)} in ${what} changed: ${excerpt(old.sql, now.sql)}${tables}${problemOf(now)}`,
      old,
      now,
    ),
  ];
}

/** What it does, before which rows it does it to. */
function headOf(sql: string): string {
  const text = normalSql(sql);
  const at = text.indexOf(' WHERE ');
  return at < 0 ? text : text.slice(0, at);
}

/** Whether conditions that AND joins came or went. */
export function comparePredicates(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): { readonly isWider: boolean; readonly detail: string } | undefined {
  const gone = (before ?? []).filter((part) => !(after ?? []).includes(part));
  const come = (after ?? []).filter((part) => !(before ?? []).includes(part));
  if (gone.length > 0 && come.length === 0) return { isWider: true, detail: `without ${showAll(gone)}` };
  if (come.length > 0 && gone.length === 0) return { isWider: false, detail: `also asks ${showAll(come)}` };
  const [from, to] = [gone[0], come[0]];
  const widened = gone.length === 1 && come.length === 1 && from !== undefined && to !== undefined;
  return widened && (to.startsWith(`${from} OR `) || to.endsWith(` OR ${from}`))
    ? { isWider: true, detail: `${show(from)} became ${show(to)}` }
    : undefined;
}

/** What nothing in the statement limits. */
function reachOf({ kind, hasPredicate, table, object }: SqlStatementReading): string | undefined {
  if (kind === 'delete' && hasPredicate === false) return `every row of ${show(table ?? 'the table')} goes`;
  if (kind === 'update' && hasPredicate === false)
    return `every row of ${show(table ?? 'the table')} is changed`;
  if (kind === 'drop' && object?.type === 'table') return `${show(object.name)} goes, with every row`;
  return undefined;
}

/** Tables that it did not write or read before, triggers and cascades included. */
function tableWords(old: SqlStatementReading | undefined, now: SqlStatementReading): string {
  const own = old === undefined ? [now.table ?? ''] : [];
  const writes = fresh([...own, ...(old === undefined ? [] : writtenBy(old))], writtenBy(now));
  // What it writes it may read as well: that goes without saying.
  const reads = old === undefined ? [] : fresh([...old.tablesRead, ...writtenBy(now)], now.tablesRead);
  return [
    ...(writes.length === 0 ? [] : [`; it now also writes ${showAll(writes)}`]),
    ...(reads.length === 0 ? [] : [`; it now also reads ${showAll(reads)}`]),
  ].join('');
}

function writtenBy({ tablesWritten }: SqlStatementReading): readonly string[] {
  return tablesWritten.map(({ table }) => table);
}

function fresh(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(before.map((table) => table.toLowerCase()));
  return [...new Set(after)].filter((table) => !known.has(table.toLowerCase()));
}

function onTable({ table, tablesWritten }: SqlStatementReading): string {
  const name = table ?? tablesWritten[0]?.table;
  return name === undefined ? '' : ` of ${show(name)}`;
}

function nameOf({ kind, table, object, sql }: SqlStatementReading): string {
  if (object !== undefined) return `${kind.toUpperCase()} ${object.type.toUpperCase()} ${show(object.name)}`;
  if (table !== undefined) return `${kind.toUpperCase()} on ${show(table)}`;
  return show(sql);
}

function problemOf({ problem }: SqlStatementReading): string {
  return problem === undefined ? '' : `; SQLite does not compile it: ${show(problem)}`;
}

/** Where two texts differ, with a few words around. */
function excerpt(old: string, now: string): string {
  const [from, to] = [normalSql(old).split(' '), normalSql(now).split(' ')];
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const part = (words: readonly string[]) => {
    const first = Math.max(0, start - 2);
    const last = Math.min(words.length, words.length - end + 1);
    return words.slice(first, last).join(' ');
  };
  return `${show(part(from))} became ${show(part(to))}`;
}

function difference(
  kind: ChangeKind,
  level: ChangeLevel,
  message: string,
  old?: SqlStatementReading,
  now?: SqlStatementReading,
): SqlDifference {
  return {
    kind,
    level,
    message,
    ...(old === undefined ? {} : { old }),
    ...(now === undefined ? {} : { now }),
  };
}

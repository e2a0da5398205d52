// Questions that several rules ask of the statements of SQL.

import type { Place } from '../../diagnostic/index.ts';
import type { SqlStatementReading } from '../sql/index.ts';
import type { LintContext, SqlText } from './context.ts';

export interface StatementAt {
  readonly text: SqlText;
  readonly statement: SqlStatementReading;
  readonly index: number;
  readonly place: Place;
}

/** Every statement of texts with one of these roles, in the order in which they run. */
export function* statementsOf(
  context: LintContext,
  roles: readonly SqlText['role'][] = ['query', 'execute', 'prune', 'migration'],
): Generator<StatementAt> {
  for (const text of context.sql) {
    if (!roles.includes(text.role)) continue;
    for (const [index, statement] of text.reading.statements.entries())
      yield {
        text,
        statement,
        index,
        // A getter: most statements are never shown.
        get place() {
          return placeOfStatement(text, statement);
        },
      };
  }
}

/** Its first line. */
export function placeOfStatement(text: SqlText, { offset, sql }: SqlStatementReading): Place {
  const end = sql.indexOf('\n');
  return text.place(offset, Math.max(1, (end < 0 ? sql : sql.slice(0, end)).replace(/;\s*$/, '').length));
}

/** Tables that the text itself made before this statement: they hold what it put there. */
export function isMadeHere({ reading }: SqlText, index: number, table: string): boolean {
  return reading.statements
    .slice(0, index)
    .some(({ kind, object }) => kind === 'create' && isTable(object?.type) && isSame(object?.name, table));
}

export interface Rebuild {
  readonly table: string;
  readonly drop: SqlStatementReading;
  readonly rename: SqlStatementReading;
}

/** A table dropped, and another one renamed to its name. */
export function rebuildsOf({ reading: { statements } }: SqlText): Rebuild[] {
  return statements.flatMap((drop, index) => {
    if (drop.kind !== 'drop' || drop.object?.type !== 'table') return [];
    const table = drop.object.name;
    const rename = statements
      .slice(index + 1)
      .find((each) => isRename(each) && isSame(each.after?.name, table));
    return rename === undefined ? [] : [{ table, drop, rename }];
  });
}

export function isRename({ kind, before, after }: SqlStatementReading): boolean {
  return kind === 'alter' && before !== undefined && after !== undefined && before.name !== after.name;
}

export function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}

export function switchesOff(value: string): boolean {
  return /^['"]?(?:off|no|false|0+)['"]?$/i.test(value);
}

function isTable(type: string | undefined): boolean {
  return type === 'table' || type === 'virtual-table';
}

/** SQLite stops at the word where the clause begins. */
export function isLimited({ kind, problem = '' }: SqlStatementReading): boolean {
  return (kind === 'delete' || kind === 'update') && /^near "(?:limit|order)": syntax error$/i.test(problem);
}

/** A PRAGMA after which a power cut or a kill corrupts the database. */
export function isDangerous(name: string, value: string): boolean {
  const word = value.replaceAll(/['"]/g, '').toLowerCase();
  if (name === 'synchronous') return word === 'off' || word === '0';
  if (name === 'journal_mode') return word === 'off' || word === 'memory';
  return name === 'ignore_check_constraints' ? word === 'on' || word === '1' : false;
}

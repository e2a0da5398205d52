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

/** Facts of a whole text, gathered once: a text may have thousands of statements, and rules ask for each. */
interface TextFacts {
  /** Where a table is first made, by lower-case name. */
  readonly made: ReadonlyMap<string, number>;
  readonly renames: readonly SqlStatementReading[];
  readonly rebuilds: readonly Rebuild[];
}

const facts = new WeakMap<SqlText, TextFacts>();

function factsOf(text: SqlText): TextFacts {
  const known = facts.get(text);
  if (known !== undefined) return known;
  const { statements } = text.reading;
  const made = new Map<string, number>();
  for (const [index, { kind, object }] of statements.entries())
    if (kind === 'create' && (object?.type === 'table' || object?.type === 'virtual-table')) {
      const name = object.name.toLowerCase();
      if (!made.has(name)) made.set(name, index);
    }
  const renames = statements.filter(isRename);
  const rebuilds = statements.flatMap((drop): Rebuild[] => {
    if (drop.kind !== 'drop' || drop.object?.type !== 'table') return [];
    const table = drop.object.name;
    const rename = renames.find((each) => each.offset > drop.offset && isSame(each.after?.name, table));
    return rename === undefined ? [] : [{ table, drop, rename }];
  });
  const found = { made, renames, rebuilds };
  facts.set(text, found);
  return found;
}

/** Tables that the text itself made before this statement: they hold what it put there. */
export function isMadeHere(text: SqlText, index: number, table: string): boolean {
  const at = factsOf(text).made.get(table.toLowerCase());
  return at !== undefined && at < index;
}

export interface Rebuild {
  readonly table: string;
  readonly drop: SqlStatementReading;
  readonly rename: SqlStatementReading;
}

/** A table dropped, and another one renamed to its name. */
export function rebuildsOf(text: SqlText): readonly Rebuild[] {
  return factsOf(text).rebuilds;
}

export function renamesOf(text: SqlText): readonly SqlStatementReading[] {
  return factsOf(text).renames;
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

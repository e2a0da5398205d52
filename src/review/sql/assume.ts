// Makes a statement compile whose tables nobody has described: SQLite says what it misses, and gets a stand-in for it.
// A table that is known is never changed; what is missing of it is a problem of the SQL.

import { type Compilation, leadingWords, quoteName, type SqlCompiler, tokenize } from '../../sqlite/index.ts';
import { placeholder } from './table-shape.ts';
import { countChange, isUsedUp, type Work } from './work.ts';

export interface Assumer {
  compile(sql: string): Compilation;
  /** Lets a declaration take effect; what SQLite said against it. */
  declare(sql: string): string | undefined;
  /** True for a stand-in. */
  isAssumed(table: string): boolean;
  /** From now on the table is what the text declared. */
  forget(table: string): void;
}

/** What an index or trigger belongs to that is only dropped. */
export const unknownTable = '(unknown table)';
const mostAttempts = 500;
const mostCandidates = 50;

/** `mayAssume`: no schema was given, so that a table that is dropped `IF EXISTS` may well exist. */
export function createAssumer(compiler: SqlCompiler, work: Work, mayAssume: boolean): Assumer {
  /** By lower-case name, the name as first written. */
  const standIns = new Map<string, string>();

  const repair = (sql: string, error: string): boolean => {
    const table = /^no such table: (?:main\.)?([^.]+)$/.exec(error)?.[1];
    if (table !== undefined) return addTable(table);
    const fun = /^no such function: (.+)$/.exec(error)?.[1];
    if (fun !== undefined) {
      compiler.knowFunction(fun);
      return true;
    }
    const object = /^no such (index|view|trigger): (?:main\.)?(.+)$/.exec(error);
    if (object !== null) return addObject(object[1] ?? '', object[2] ?? '');
    const width = /^table (.+) has \d+ columns? but (\d+) values were supplied$/.exec(error);
    if (width !== null) return widen(width[1] ?? '', Number(width[2]));
    const named = /^table (.+) has no column named (.+)$/.exec(error);
    if (named !== null) return addColumn(named[1] ?? '', named[2] ?? '');
    const column = /^no such column: (.+?)(?: - should this be .*)?$/.exec(error)?.[1];
    if (column !== undefined) return addSomewhere(sql, column, error);
    const parent = /^foreign key mismatch - .* referencing "(.+)"$/.exec(error)?.[1];
    // Which key it has is not known: compiled without foreign keys, until the next text.
    if (parent !== undefined) return isKnown(parent) && declared('PRAGMA foreign_keys = OFF');
    const shared = /^cannot join using column (.+) - column not present in both tables$/.exec(error)?.[1];
    if (shared !== undefined) return addEverywhere(sql, shared);
    if (error.startsWith('ON CONFLICT clause does not match')) return addConflictKey(sql);
    return false;
  };

  const isKnown = (name: string) => standIns.has(name.toLowerCase());
  const addTable = (name: string): boolean => {
    standIns.set(name.toLowerCase(), name);
    countChange(work, true);
    return declared(`CREATE TABLE ${quoteName(name)} (${quoteName(placeholder)})`);
  };
  const declared = (sql: string): boolean => compiler.declare(sql) === undefined;
  const columnsOf = (table: string): string[] =>
    compiler.ask('SELECT name FROM pragma_table_info(?)', table).map(({ name }) => String(name));

  const addObject = (type: string, name: string): boolean => {
    const on = quoteName(unknownTable);
    if (type === 'view') return declared(`CREATE VIEW ${quoteName(name)} AS SELECT 1`);
    if (!isKnown(unknownTable)) addTable(unknownTable);
    return type === 'index'
      ? declared(`CREATE INDEX ${quoteName(name)} ON ${on} (${quoteName(placeholder)})`)
      : declared(`CREATE TRIGGER ${quoteName(name)} AFTER INSERT ON ${on} BEGIN SELECT 1; END`);
  };

  /** Of `DROP … IF EXISTS` on what is not known SQLite makes nothing at all. */
  const assumeDropped = (sql: string): void => {
    const words = leadingWords(sql, 4);
    if (words[0] !== 'DROP' || words[2] !== 'IF' || words[3] !== 'EXISTS') return;
    const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space' && kind !== 'semicolon');
    const texts = tokens.map(({ start, end }) => unquote(sql.slice(start, end)));
    const name = texts[5] === '.' ? texts[6] : texts[4];
    const type = words[1]?.toLowerCase() ?? '';
    if (name === undefined || isThere(name)) return;
    if (type === 'table') addTable(name);
    else addObject(type, name);
  };
  const isThere = (name: string): boolean =>
    compiler.ask(
      'SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE UNION ALL SELECT 1 FROM sqlite_temp_schema WHERE name = ?1 COLLATE NOCASE',
      name,
    ).length > 0;

  /** VALUES say how many columns there are: a stand-in gets as many. */
  const widen = (table: string, count: number): boolean => {
    if (!isKnown(table)) return false;
    const columns = columnsOf(table).filter((name) => name !== placeholder);
    if (columns.length > count) return false;
    while (columns.length < count) columns.push(`(column ${columns.length + 1})`);
    compiler.declare(`DROP TABLE ${quoteName(table)}`);
    return declared(`CREATE TABLE ${quoteName(table)} (${columns.map(quoteName).join(', ')})`);
  };

  const addColumn = (table: string, column: string): boolean => {
    countChange(work, false);
    return isKnown(table) && declared(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${quoteName(column)}`);
  };

  /** A name with an alias before it, or none: tried on each stand-in that the statement names, until SQLite is content. */
  const addSomewhere = (sql: string, name: string, error: string): boolean => {
    const written = name.replace(/^"(.*)"$/, '$1');
    const dot = written.lastIndexOf('.');
    const [qualifier, column] = dot < 0 ? ['', written] : [written.slice(0, dot), written.slice(dot + 1)];
    if (/^(?:new|old)$/i.test(qualifier)) return false;
    const named = new Set(namesIn(sql));
    // The alias of one may be the name of another; what a trigger or view needs is not named in the statement.
    const all = [...standIns].map(([lower, table]) => ({ table, rank: rankOf(lower, qualifier, named) }));
    const candidates = all
      .toSorted((x, y) => x.rank - y.rank)
      .slice(0, mostCandidates)
      .map(({ table }) => table);
    for (const table of candidates) {
      if (!addColumn(table, column)) continue;
      work.characters += sql.length;
      if (compiler.compile(sql).error !== error) return true;
      compiler.declare(`ALTER TABLE ${quoteName(table)} DROP COLUMN ${quoteName(column)}`);
    }
    return false;
  };

  /** Of USING: it is in all of them. */
  const addEverywhere = (sql: string, column: string): boolean => {
    const named = new Set(namesIn(sql));
    const lacking = [...standIns].filter(
      ([lower, table]) =>
        named.has(lower) && !columnsOf(table).some((each) => each.toLowerCase() === column.toLowerCase()),
    );
    return lacking.filter(([, table]) => addColumn(table, column)).length > 0;
  };

  /** `ON CONFLICT (a, b)` of a stand-in: that is a key. */
  const addConflictKey = (sql: string): boolean => {
    const words = tokenize(sql).filter(({ kind }) => kind !== 'space');
    const texts = words.map(({ start, end }) => sql.slice(start, end));
    const at = texts.findIndex((text, i) => /^conflict$/i.test(text) && texts[i + 1] === '(');
    const into = texts.findIndex((text) => /^into$/i.test(text));
    const table = unquote(texts[into + 1] ?? '');
    if (at < 0 || into < 0 || !isKnown(table)) return false;
    const key = texts.slice(at + 2, texts.indexOf(')', at)).filter((text) => text !== ',');
    const name = quoteName(`(key ${key.join(' ')})`);
    return declared(`CREATE UNIQUE INDEX ${name} ON ${quoteName(table)} (${key.join(', ')})`);
  };

  const untilContent = <T>(sql: string, attempt: () => T, errorOf: (result: T) => string | undefined): T => {
    let result = attempt();
    for (let count = 0; count < mostAttempts; count++) {
      // A change of the schema names the view that does not compile after it.
      const error = errorOf(result)?.replace(/^error in (?:view|trigger) .*?: (?=no such)/, '');
      work.characters += sql.length;
      if (error === undefined || isUsedUp(work) || !repair(sql, error)) break;
      result = attempt();
    }
    return result;
  };

  return {
    isAssumed: isKnown,
    forget: (table) => void standIns.delete(table.toLowerCase()),
    declare: (sql) =>
      untilContent(
        sql,
        () => compiler.declare(sql),
        (error) => error,
      ),
    compile(sql) {
      if (mayAssume) assumeDropped(sql);
      const result = untilContent(
        sql,
        () => compiler.compile(sql),
        ({ error }) => error,
      );
      return result;
    },
  };
}

/** What is tried first. */
function rankOf(table: string, qualifier: string, named: ReadonlySet<string>): number {
  return table === qualifier.toLowerCase() ? 0 : named.has(table) ? 1 : 2;
}

function namesIn(sql: string): string[] {
  return tokenize(sql)
    .filter(({ kind }) => kind === 'word' || kind === 'quoted')
    .map(({ start, end }) => unquote(sql.slice(start, end)).toLowerCase());
}

function unquote(text: string): string {
  return /^["`[]/.test(text) ? text.slice(1, -1) : text;
}

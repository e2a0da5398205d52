// Reads SQL: each statement of a text in turn, compiled by SQLite against a schema that is given, declared by the text
// itself, or assumed from what it says. Nothing runs but declarations of the schema, on tables without rows.

import {
  type CompiledAction,
  type Instruction,
  openSqlCompiler,
  parametersOf,
  quoteName,
  type SqlCompiler,
  splitStatements,
  tokenize,
} from '../../sqlite/index.ts';
import { type Assumer, createAssumer } from './assume.ts';
import { classify } from './classify.ts';
import { createExpansions, type Expansions, isTooMuch } from './expansion.ts';
import { readPredicate } from './predicate.ts';
import type { SqlProblem, SqlReading, SqlStatementReading, TableShape } from './reading.ts';
import { columnNames, readTableShape } from './table-shape.ts';
import { countChange, isUsedUp, newWork, type Work } from './work.ts';

export interface SqlReaderOptions {
  /** CREATE statements; what they declare is known and not assumed. */
  readonly schema?: readonly string[];
}

/** Keeps the schema from one text to the next, as a series of migrations does. */
export interface SqlReader extends Disposable {
  /** Foreign keys are on unless the text or the options say otherwise. */
  read(sql: string, options?: { readonly foreignKeysOff?: boolean }): SqlReading;
  /** The table as it is after what was read so far. */
  table(name: string): TableShape | undefined;
  /** Names of the tables declared so far. */
  tables(): readonly string[];
}

/** A text beyond these is read up to here, and a problem says so. */
const readingLimits = { characters: 4 * 1024 * 1024, statements: 10_000 };

interface State {
  readonly compiler: SqlCompiler;
  readonly assumer: Assumer;
  readonly expansions: Expansions;
  readonly work: Work;
  /** The same tables without keys, indexes and triggers, for predicates; made anew after a change of the schema. */
  plain?: SqlCompiler;
}

export function openSqlReader({ schema }: SqlReaderOptions = {}): SqlReader {
  const compiler = openSqlCompiler();
  const work = newWork();
  const assumer = createAssumer(compiler, work, schema === undefined);
  const state: State = { compiler, assumer, work, expansions: createExpansions() };
  // A table may stand before the one that it refers to, a view before its tables: SQLite allows both.
  for (const sql of schema ?? []) if (isDeclarable(sql, state)) compiler.declare(sql);
  return {
    read: (sql, options) => readText(state, sql, options?.foreignKeysOff === true),
    table: (name) => readTableShape(compiler, name, state.assumer.isAssumed(name)),
    tables: () =>
      compiler
        .ask("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        .map(({ name }) => String(name))
        .filter((name) => !state.assumer.isAssumed(name)),
    [Symbol.dispose]: () => {
      closePlain(state);
      compiler.close();
    },
  };
}

function readText(state: State, text: string, foreignKeysOff: boolean): SqlReading {
  useForeignKeys(state.compiler, foreignKeysOff ? 'off' : 'on');
  const statements: SqlStatementReading[] = [];
  const problems: SqlProblem[] = [];
  const nul = text.indexOf('\0');
  const end = Math.min(nul < 0 ? text.length : nul, readingLimits.characters);
  if (nul >= 0) problems.push({ offset: nul, message: 'a NUL character, at which SQLite stops reading' });
  else if (end < text.length)
    problems.push({ offset: end, message: 'the text is longer than 4 MiB; the rest was not read' });
  let offset = 0;
  for (const piece of splitStatements(text.slice(0, end))) {
    const start = offset;
    offset += piece.length;
    const lead = tokenize(piece).find(({ kind }) => kind !== 'space' && kind !== 'semicolon')?.start;
    if (lead === undefined) continue;
    if (statements.length === readingLimits.statements) {
      problems.push({
        offset: start,
        message: `the text has more than ${readingLimits.statements} statements; the rest was not read`,
      });
      break;
    }
    const reading = readStatement(state, piece.slice(lead), start + lead);
    statements.push(reading);
    if (reading.problem !== undefined) problems.push({ offset: reading.offset, message: reading.problem });
  }
  return { statements, problems };
}

function readStatement(state: State, sql: string, offset: number): SqlStatementReading {
  const { compiler, assumer } = state;
  const copies = state.expansions.of(sql);
  state.work.copies += copies;
  if (isTooMuch(copies)) return unread(sql, offset, tooMuch);
  if (isUsedUp(state.work)) return unread(sql, offset, 'the SQL is too much to be read whole');
  const { actions, error } = assumer.compile(sql);
  const said = classify(sql, actions);
  const named = new Set([...said.tablesRead, ...said.tablesWritten.map(({ table }) => table)]);
  const assumed = [...named].filter(assumer.isAssumed);
  if (said.pragma?.name === 'foreign_keys' && said.pragma.value !== '')
    useForeignKeys(compiler, said.pragma.value);
  // A PRAGMA or ATTACH is not let through: that SQLite asked for it is all there is to know.
  const problem = said.kind === 'pragma' || said.kind === 'attach' ? undefined : error && shorten(error);
  const base = {
    ...{ sql, offset, ...said, assumed },
    ...(problem === undefined ? {} : { problem }),
    ...{ conditions: [] as readonly string[], comparisons: [], isBounded: false },
  };
  if (problem !== undefined) return base;
  switch (said.kind) {
    case 'create':
    case 'alter':
    case 'drop':
      return { ...base, ...follow(state, sql, said, actions) };
    case 'update':
    case 'delete':
      return { ...base, ...readRows(state, sql, said.table ?? '') };
    case 'vacuum':
      return {
        ...base,
        isCopy: compiler.explain(sql).some(({ opcode, p2 }) => opcode === 'Vacuum' && p2 > 0),
      };
    default:
      return base;
  }
}

const tooMuch = 'views or common table expressions nest too often to be read';

/** Only its first word is known. */
function unread(sql: string, offset: number, problem: string): SqlStatementReading {
  return {
    ...{ sql, offset, ...classify(sql, []), problem, isUnread: true as const },
    ...{ conditions: [], comparisons: [], isBounded: false, assumed: [] },
  };
}

/** SQLite repeats the token at fault, which may be as long as the text. */
function shorten(message: string): string {
  return message.length <= 200 ? message : `${message.slice(0, 199)}…`;
}

/** A text that switches them off has no cascades from there on. */
function useForeignKeys(compiler: SqlCompiler, value: string): void {
  const isOn = /^['"]?(?:on|yes|true|0*[1-9]\d*)['"]?$/i.test(value);
  compiler.declare(`PRAGMA foreign_keys = ${isOn ? 'ON' : 'OFF'}`);
}

/** Lets the declaration take effect, and says what became of its table. */
function follow(
  state: State,
  sql: string,
  { object, kind }: Pick<SqlStatementReading, 'object' | 'kind'>,
  actions: readonly CompiledAction[],
): Partial<SqlStatementReading> {
  if (object === undefined) return {};
  const { compiler, assumer, work } = state;
  const isMade = kind === 'create' && (object.type === 'view' || object.type === 'trigger');
  if (isMade && !state.expansions.add(object.type, object.name, sql)) return { problem: tooMuch };
  countChange(work, kind === 'create', kind === 'alter' ? 10 : 1);
  const table = object.table ?? object.name;
  const before = readTableShape(compiler, table, assumer.isAssumed(table));
  const conditions = kind === 'alter' ? conditionsOf(compiler.explain(sql)) : [];
  const names = kind === 'alter' ? tableNames(compiler) : undefined;
  const select = kind === 'create' && object.type === 'table' ? selectOf(sql, actions) : undefined;
  const problem =
    select === undefined
      ? assumer.declare(sql)
      : compiler.declare(standInFor(object.name, object.isTemporary, compiler.compile(select).columns));
  closePlain(state);
  if (kind === 'drop') assumer.forget(object.name);
  const renamed = names && [...tableNames(compiler)].find((name) => !names.has(name));
  const after = readTableShape(compiler, renamed ?? table, assumer.isAssumed(table));
  if (renamed !== undefined) assumer.forget(table);
  return {
    conditions,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What SQLite looks for in the rows: the texts that the program would stop with. */
function conditionsOf(program: readonly Instruction[]): string[] {
  return program
    .filter(({ opcode, p4 }) => opcode === 'String8' && /^(?:Cannot|cannot) add |constraint failed$/.test(p4))
    .map(({ p4 }) => p4);
}

function tableNames(compiler: SqlCompiler): Set<string> {
  return new Set(
    compiler.ask("SELECT name FROM sqlite_schema WHERE type = 'table'").map(({ name }) => String(name)),
  );
}

/** The SELECT of a CREATE TABLE … AS: it would read rows, and is not run. */
function selectOf(sql: string, actions: readonly CompiledAction[]): string | undefined {
  if (!actions.some(({ kind }) => kind === 'SELECT')) return undefined;
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space');
  const as = tokens.find(({ start, end }) => sql.slice(start, end).toLowerCase() === 'as');
  return as && sql.slice(as.end);
}

function standInFor(name: string, isTemporary: boolean, columns: readonly string[]): string {
  const list = columns.map((column) => quoteName(column)).join(', ');
  return `CREATE ${isTemporary ? 'TEMP ' : ''}TABLE ${quoteName(name)} (${list})`;
}

/** The CREATE of a given schema may be as hostile as any other SQL. */
function isDeclarable(sql: string, { expansions, compiler }: State): boolean {
  if (isTooMuch(expansions.of(sql))) return false;
  const { actions, error } = compiler.compile(sql);
  const { kind, object } = classify(sql, actions);
  if (error !== undefined || kind !== 'create' || object === undefined) return false;
  if (object.type === 'view' || object.type === 'trigger')
    return expansions.add(object.type, object.name, sql);
  return object.type !== 'table' || selectOf(sql, actions) === undefined;
}

function readRows(
  state: State,
  sql: string,
  table: string,
): Pick<SqlStatementReading, 'hasPredicate' | 'isBounded' | 'comparisons'> {
  const plain = preparePlain(state, sql) ?? preparePlainAnew(state, sql);
  if (plain === undefined) return { isBounded: false, comparisons: [] };
  const [root] = plain.ask('SELECT rootpage FROM sqlite_schema WHERE name = ? COLLATE NOCASE', table);
  const reading = readPredicate(plain.explain(sql), Number(root?.rootpage ?? -1));
  if (reading === undefined) return { isBounded: false, comparisons: [] };
  const columns = columnNames(plain, table);
  const parameters = parametersOf(sql);
  return {
    hasPredicate: reading.hasPredicate,
    isBounded: reading.isBounded,
    comparisons: reading.comparisons.map(({ column, parameter }) => ({
      table,
      column: columns[column] ?? '',
      parameter: parameters[parameter - 1] ?? '',
    })),
  };
}

/** Gives the plain tables that the statement names; undefined when it does not compile on those that are there. */
function preparePlain(state: State, sql: string): SqlCompiler | undefined {
  state.plain ??= openSqlCompiler();
  const { plain } = state;
  for (let attempt = 0; attempt < 300; attempt++) {
    const { error } = plain.compile(sql);
    if (error === undefined) return plain;
    const fun = /^no such function: (.+)$/.exec(error)?.[1];
    if (fun !== undefined) {
      plain.knowFunction(fun);
      continue;
    }
    const missing = /^no such table: (?:main\.|temp\.)?(.+)$/.exec(error)?.[1];
    const names = missing === undefined ? [] : columnNames(state.compiler, missing);
    if (names.length === 0 || plain.declare(standInFor(missing ?? '', false, names)) !== undefined)
      return undefined;
  }
  return undefined;
}

/** A stand-in may have got columns since its plain twin was made. */
function preparePlainAnew(state: State, sql: string): SqlCompiler | undefined {
  closePlain(state);
  return preparePlain(state, sql);
}

function closePlain(state: State): void {
  state.plain?.close();
  delete state.plain;
}

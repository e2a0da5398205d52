// Prepares one statement of a runbook under the guard: refused things, parameters, and the proof that SQLite
// took the whole of it.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Failure } from '../../diagnostic/index.ts';
import type { SqlParams, SqlStatement } from '../../target/schema.ts';
import { fillNames, isBlank, leadingWords, parametersOf, splitStatements } from '../statements.ts';
import type { Connection } from './connection.ts';
import { asFailure, isSqliteError } from './errors.ts';
import type { Observed, Refusal } from './guard.ts';
import { checkName } from './names.ts';

const transactionWords = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE']);

/** The statements of a text with its names filled in. */
export function statementsOf(db: DatabaseSync, statement: Pick<SqlStatement, 'sql' | 'names'>): string[] {
  if (statement.sql.includes('\0'))
    throw new Failure('sqlite/syntax', 'the SQL holds a NUL character, at which SQLite would stop reading');
  const names = statement.names ?? {};
  const sql = fillNames(statement.sql, (place) => {
    const name = Object.hasOwn(names, place) ? names[place] : undefined;
    if (name === undefined)
      throw new Failure(
        'sqlite/unknown-name',
        `the SQL has the place \`"$${place}"\`, but \`names\` has no \`${place}\``,
        {
          state: 'nothing was run',
          fix: `add \`names: {${place}: …}\``,
        },
      );
    checkName(db, name);
    return name;
  });
  return splitStatements(sql).filter((part) => !isBlank(part));
}

/** The only statement of a text; a second is refused, because SQLite would drop it in silence. */
export function onlyStatement(db: DatabaseSync, statement: SqlStatement, where: string): string {
  const parts = statementsOf(db, statement);
  const [part] = parts;
  if (part !== undefined && parts.length === 1) return part;
  throw new Failure(
    'sqlite/more-than-one-statement',
    part === undefined
      ? `${where} holds no statement`
      : `${where} takes one statement, found ${parts.length}`,
    { state: 'nothing was run', fix: 'put each statement under `statements:` of `sqlite.execute`' },
  );
}

export function prepareGuarded(
  connection: Connection,
  sql: string,
  policy: 'read' | 'write',
  observed: Observed,
): StatementSync {
  refuseWords(sql);
  let statement: StatementSync;
  try {
    statement = connection.guard.run(policy, observed, () => connection.db.prepare(sql));
  } catch (error) {
    throw guardedFailure(connection, error, sql);
  }
  // Invariant: what is compiled is what was written. A difference means that our split is not SQLite's.
  if (statement.sourceSQL !== sql)
    throw new Failure('sqlite/more-than-one-statement', 'the SQL holds more than one statement', {
      state: 'nothing was run',
    });
  return statement;
}

/** Runs a prepared statement with the guard on: table-valued PRAGMAs and virtual tables compile SQL of their own. */
export function runGuarded<T>(
  connection: Connection,
  sql: string,
  policy: 'read' | 'write',
  observed: Observed,
  work: () => T,
): T {
  try {
    return connection.guard.run(policy, observed, work);
  } catch (error) {
    throw guardedFailure(connection, error, sql);
  }
}

/** Checks names and count, and gives what `run` and `all` of node:sqlite take. Booleans never get here. */
export function bindings(sql: string, params: SqlParams | undefined): unknown[] {
  const wanted = parametersOf(sql);
  if (Array.isArray(params)) {
    const places = wanted.filter((name) => name.startsWith('?')).length;
    if (places !== wanted.length || places !== params.length)
      throw badParameters(`the SQL takes ${wanted.length}, \`params\` gives ${params.length}`);
    return params.map(bindable);
  }
  const given = (params ?? {}) as Readonly<Record<string, unknown>>;
  const places = new Map(wanted.map((name) => [name.slice(1), name]));
  for (const name of wanted) {
    if (name.startsWith('?') || !Object.hasOwn(given, name.slice(1)))
      throw badParameters(`the SQL takes \`${name}\`, which \`params\` does not give`);
  }
  const bound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const place = places.get(name);
    if (place === undefined) throw badParameters(`\`params\` gives \`${name}\`, which the SQL does not take`);
    bound[place] = bindable(value);
  }
  return wanted.length === 0 ? [] : [bound];
}

/** node:sqlite binds every number as a double, which in a TEXT column would become `3.0`. */
function bindable(value: unknown): unknown {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value as number) : value;
}

function badParameters(message: string): Failure {
  return new Failure('sqlite/bad-parameters', message, { state: 'nothing of this step was committed' });
}

/** VACUUM asks the authorizer nothing, and a failed BEGIN inside a transaction would have a misleading message. */
function refuseWords(sql: string): void {
  const [first = '', second = '', third = '', fourth = ''] = leadingWords(sql, 4);
  const verb = first !== 'EXPLAIN' ? first : second === 'QUERY' && third === 'PLAN' ? fourth : second;
  if (verb === 'VACUUM')
    throw refused({ what: 'VACUUM in the SQL of a step', fix: 'use `sqlite.vacuum`', isWrite: false });
  if (transactionWords.has(verb))
    throw refused({
      what: `${verb} in the SQL of a step`,
      fix: 'remove it: all statements of a step run in one transaction, which Belay begins and commits',
      isWrite: false,
    });
}

function guardedFailure(connection: Connection, error: unknown, sql: string): Failure {
  // A denied function is a plain error for SQLite, so the code cannot decide; the guard knows what it denied.
  if (isSqliteError(error) && connection.guard.refusal) return refused(connection.guard.refusal);
  const failure = asFailure(error, connection);
  if (failure.code !== 'internal/defect') return failure;
  const code = (error as { code?: string }).code;
  if (code === 'ERR_OUT_OF_RANGE')
    return new Failure('sqlite/integer-too-large', 'a result holds an integer beyond 2^53', {
      state: 'nothing of this step was committed',
      fix: 'select it as text: `CAST(column AS TEXT)`',
    });
  if (code?.startsWith('ERR_INVALID_'))
    return badParameters(`${failure.message} (in \`${sql.trim().slice(0, 60)}\`)`);
  return failure;
}

function refused({ what, fix, isWrite }: Refusal): Failure {
  return isWrite
    ? new Failure('sqlite/not-read-only', `only reading is allowed here, but ${what}`, {
        state: 'nothing was run',
        fix,
      })
    : new Failure('sqlite/refused', `refused: ${what}`, { state: 'nothing of this step was committed', fix });
}

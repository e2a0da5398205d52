// A failure of the session as the operator needs it: which migration, where in its file, and what state the data is in.

import { Failure } from '../../diagnostic/index.ts';
import type { Choice } from './choose.ts';
import { placeIn } from './place.ts';

export type Stage =
  | { readonly on: 'copy'; readonly current?: string }
  | { readonly on: 'database'; readonly current: string; readonly done: readonly string[] };

export function explain(error: unknown, steps: Choice['steps'], stage: Stage): unknown {
  if (!(error instanceof Failure)) return error;
  const { details = {} } = error;
  const name = typeof details.migration === 'string' ? details.migration : stage.current;
  const step = steps.find(({ migration }) => migration.name === name);
  const statement =
    typeof details.statement === 'number' ? step?.part.statements[details.statement] : undefined;
  const place =
    step && statement ? placeIn(step.part.path, statement.line, statement.column, statement.sql) : undefined;
  const isOfStatement = error.code === 'sqlite/syntax' || error.code === 'sqlite/constraint';
  const where = stage.on === 'copy' ? ' on a copy' : '';
  return new Failure(
    isOfStatement ? 'migrate/statement-failed' : error.code,
    name === undefined
      ? `${error.message} (while trying the migrations on a copy)`
      : `\`${name}\`${where}: ${error.message}`,
    {
      state: stateOf(stage),
      exit: error.exit,
      cause: error,
      details,
      ...(error.fix === undefined
        ? {}
        : { fix: isOfStatement ? 'correct the statement, then run again' : error.fix }),
      ...(place ? { place } : {}),
    },
  );
}

function stateOf(stage: Stage): string {
  if (stage.on === 'copy') return 'the migrations were tried on a copy; the database was not touched';
  const done = stage.done.map((name) => `\`${name}\``).join(', ');
  const rolledBack = `nothing of \`${stage.current}\` is committed`;
  return done === '' ? `${rolledBack}, and nothing before it` : `${rolledBack}; committed before it: ${done}`;
}

// Whether what a run is going to do to a target can be taken back row by row. A forecast: a transaction that turns out to
// have no changeset says so when it commits, and then falls under restore.

import { changedTargets } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { ReadSession } from '../target/index.ts';
import { type Execution, stepsSinceAccept } from './execution.ts';

/** Deletes and inserts by primary key, in small transactions. */
const byRows: ReadonlySet<string> = new Set(['sqlite.prune', 'sqlite.importRows']);

export async function canTakeBackByRows(execution: Execution, target: string): Promise<boolean> {
  const steps = stepsSinceAccept(execution);
  const accepted = steps.findIndex((step) => step.accept === true);
  const ahead = (accepted < 0 ? steps : steps.slice(0, accepted + 1)).filter((step) =>
    changedTargets([step]).includes(target),
  );
  const session = await execution.sessions.writer(target);
  const { tables } = await session.schema();
  const hasKeys = tables.every(
    ({ kind, columns }) =>
      kind === 'view' || (kind === 'table' && columns.some(({ primaryKey }) => primaryKey > 0)),
  );
  if (!hasKeys) return false;
  for (const step of ahead) if (!(await isByRows(step, session))) return false;
  return true;
}

async function isByRows(step: Step, session: ReadSession): Promise<boolean> {
  if (byRows.has(step.action ?? '')) return true;
  if (step.action !== 'sqlite.execute') return false;
  const { sql, names } = step.with as Readonly<
    Record<string, { readonly kind?: string; readonly source?: string }>
  >;
  if (sql?.kind !== 'constant' || sql.source === undefined || names !== undefined) return false;
  // What writes and names no table sets a number in the header of the file.
  return (await session.compile(sql.source)).every(
    ({ isSchemaChange, isReadOnly, writes }) => !isSchemaChange && (isReadOnly || writes.length > 0),
  );
}

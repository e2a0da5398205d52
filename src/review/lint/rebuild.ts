// What the rules about rebuilt tables share.

import type { SqlStatementReading } from '../sql/index.ts';
import type { LintContext, SqlText } from './context.ts';
import { isSame, switchesOff } from './statements.ts';

/** Off when the text drops the table; inside a transaction the PRAGMA has no effect. */
export function foreignKeysAreOff({ foreignKeysOff, reading }: SqlText, drop: SqlStatementReading): boolean {
  if (foreignKeysOff) return true;
  let [isOff, isOpen] = [false, false];
  for (const statement of reading.statements) {
    if (statement === drop) return isOff;
    const { pragma, transaction } = statement;
    if (transaction === 'begin') isOpen = true;
    if (transaction === 'commit' || transaction === 'rollback') isOpen = false;
    if (pragma?.name === 'foreign_keys' && pragma.value !== '' && !isOpen) isOff = switchesOff(pragma.value);
  }
  return isOff;
}

export function defersForeignKeys({ reading }: SqlText): boolean {
  return reading.statements.some(
    ({ pragma }) =>
      pragma?.name === 'defer_foreign_keys' && pragma.value !== '' && !switchesOff(pragma.value),
  );
}

/** Proven by a schema that no table refers to it. */
export function hasNoChildren(context: LintContext, table: string): boolean {
  if (!context.hasSchema) return false;
  return !context.tables.some((name) =>
    context.table(name)?.foreignKeys.some((key) => isSame(key.table, table)),
  );
}

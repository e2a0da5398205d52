// The registry of rules. A rule is one file beside this one; the order here is that of the index of the reference.

import type { Rule } from './rule.ts';
import { addCheckScan } from './rules/add-check-scan.ts';
import { addColumnRefused } from './rules/add-column-refused.ts';
import { addNotNullWithoutDefault } from './rules/add-not-null-without-default.ts';
import { attach } from './rules/attach.ts';
import { autoVacuumSwitch } from './rules/auto-vacuum-switch.ts';
import { continueNotAtomic } from './rules/continue-not-atomic.ts';
import { cutoffType } from './rules/cutoff-type.ts';
import { dangerousPragma } from './rules/dangerous-pragma.ts';
import { deferForeignKeysRebuild } from './rules/defer-foreign-keys-rebuild.ts';
import { deleteFilesEarly } from './rules/delete-files-early.ts';
import { deleteLimit } from './rules/delete-limit.ts';
import { deleteWithoutWhere } from './rules/delete-without-where.ts';
import { destroyWithoutGate } from './rules/destroy-without-gate.ts';
import { dropColumn } from './rules/drop-column.ts';
import { dropTable } from './rules/drop-table.ts';
import { externalWithoutStub } from './rules/external-without-stub.ts';
import { externalWithoutTimeout } from './rules/external-without-timeout.ts';
import { externalWithoutUndo } from './rules/external-without-undo.ts';
import { fileOperation } from './rules/file-operation.ts';
import { foreignKeyWithoutIndex } from './rules/foreign-key-without-index.ts';
import { gateAfterChange } from './rules/gate-after-change.ts';
import { gateOnlyYes } from './rules/gate-only-yes.ts';
import { gateWithoutExpect } from './rules/gate-without-expect.ts';
import { literalSecret } from './rules/literal-secret.ts';
import { livePathInCommand } from './rules/live-path-in-command.ts';
import { nullableToNotNull } from './rules/nullable-to-not-null.ts';
import { pageSizeInWal } from './rules/page-size-in-wal.ts';
import { pointOfNoReturn } from './rules/point-of-no-return.ts';
import { queryWrites } from './rules/query-writes.ts';
import { rebuildWithForeignKeys } from './rules/rebuild-with-foreign-keys.ts';
import { refusedInSql } from './rules/refused-in-sql.ts';
import { renameOldFirst } from './rules/rename-old-first.ts';
import { retryNotIdempotent } from './rules/retry-not-idempotent.ts';
import { secureDeleteAssumed } from './rules/secure-delete-assumed.ts';
import { severalStatements } from './rules/several-statements.ts';
import { sqlDoesNotCompile } from './rules/sql-does-not-compile.ts';
import { startBeforeAccept } from './rules/start-before-accept.ts';
import { transactionInSql } from './rules/transaction-in-sql.ts';
import { unboundedDelete } from './rules/unbounded-delete.ts';
import { uniqueIndexOnData } from './rules/unique-index-on-data.ts';
import { unknownTable } from './rules/unknown-table.ts';
import { unprotectedDestroy } from './rules/unprotected-destroy.ts';
import { unreachableStep } from './rules/unreachable-step.ts';
import { unusedParam } from './rules/unused-param.ts';
import { updateWithoutWhere } from './rules/update-without-where.ts';
import { vacuumInTransaction } from './rules/vacuum-in-transaction.ts';
import { vacuumRenumbersRowids } from './rules/vacuum-renumbers-rowids.ts';
import { writableSchema } from './rules/writable-schema.ts';

export const rules: readonly Rule[] = [
  addCheckScan,
  addColumnRefused,
  addNotNullWithoutDefault,
  attach,
  autoVacuumSwitch,
  continueNotAtomic,
  cutoffType,
  dangerousPragma,
  deferForeignKeysRebuild,
  deleteFilesEarly,
  deleteLimit,
  deleteWithoutWhere,
  destroyWithoutGate,
  dropColumn,
  dropTable,
  externalWithoutStub,
  externalWithoutTimeout,
  externalWithoutUndo,
  fileOperation,
  foreignKeyWithoutIndex,
  gateAfterChange,
  gateOnlyYes,
  gateWithoutExpect,
  literalSecret,
  livePathInCommand,
  nullableToNotNull,
  pageSizeInWal,
  pointOfNoReturn,
  queryWrites,
  rebuildWithForeignKeys,
  refusedInSql,
  renameOldFirst,
  retryNotIdempotent,
  secureDeleteAssumed,
  severalStatements,
  sqlDoesNotCompile,
  startBeforeAccept,
  transactionInSql,
  unboundedDelete,
  uniqueIndexOnData,
  unknownTable,
  unprotectedDestroy,
  unreachableStep,
  unusedParam,
  updateWithoutWhere,
  vacuumInTransaction,
  vacuumRenumbersRowids,
  writableSchema,
];

// The registry of actions: every verb of the format, also those that this version does not run yet.
// Light to import: what an action needs to run it imports inside `run`.

import type { AnyAction } from './action.ts';
import { backupAdopt } from './backup/adopt.ts';
import { backupCreate } from './backup/create.ts';
import { backupExpire } from './backup/expire.ts';
import { backupFind } from './backup/find.ts';
import { backupQuarantine } from './backup/quarantine.ts';
import { backupRestore } from './backup/restore.ts';
import { backupVerify } from './backup/verify.ts';
import { commandRun } from './command/run.ts';
import { diskCheck } from './disk/check.ts';
import { fileArchive } from './file/archive.ts';
import { fileCopy } from './file/copy.ts';
import { fileExpire } from './file/expire.ts';
import { httpCheck } from './http/check.ts';
import { metricsWrite } from './metrics/write.ts';
import { notifyWebhook } from './notify/webhook.ts';
import { runbookRun } from './runbook/run.ts';
import { serviceStart } from './service/start.ts';
import { serviceStop } from './service/stop.ts';
import { sqliteAnalyze } from './sqlite/analyze.ts';
import { sqliteCheck } from './sqlite/check.ts';
import { sqliteCheckpoint } from './sqlite/checkpoint.ts';
import { sqliteCompare } from './sqlite/compare.ts';
import { sqliteConfigure } from './sqlite/configure.ts';
import { sqliteExecute } from './sqlite/execute.ts';
import { sqliteExport } from './sqlite/export.ts';
import { sqliteImportRows } from './sqlite/import-rows.ts';
import { sqliteImportTable } from './sqlite/import-table.ts';
import { sqliteIndexes } from './sqlite/indexes.ts';
import { sqliteMigrate } from './sqlite/migrate.ts';
import { sqliteOptimize } from './sqlite/optimize.ts';
import { sqlitePrune } from './sqlite/prune.ts';
import { sqliteQuery } from './sqlite/query.ts';
import { sqliteReindex } from './sqlite/reindex.ts';
import { sqliteSalvage } from './sqlite/salvage.ts';
import { sqliteStats } from './sqlite/stats.ts';
import { sqliteVacuum } from './sqlite/vacuum.ts';
import { wait } from './wait/wait.ts';

// One list of differently typed actions: the engine validates `with` against the schema before it calls `run`.
const all = [
  backupAdopt,
  backupCreate,
  backupExpire,
  backupFind,
  backupQuarantine,
  backupRestore,
  backupVerify,
  commandRun,
  diskCheck,
  fileArchive,
  fileCopy,
  fileExpire,
  httpCheck,
  metricsWrite,
  notifyWebhook,
  runbookRun,
  serviceStart,
  serviceStop,
  sqliteAnalyze,
  sqliteCheck,
  sqliteCheckpoint,
  sqliteCompare,
  sqliteConfigure,
  sqliteExecute,
  sqliteExport,
  sqliteImportRows,
  sqliteImportTable,
  sqliteIndexes,
  sqliteMigrate,
  sqliteOptimize,
  sqlitePrune,
  sqliteQuery,
  sqliteReindex,
  sqliteSalvage,
  sqliteStats,
  sqliteVacuum,
  wait,
] as unknown as readonly AnyAction[];

/** By name, sorted. */
export const actions: ReadonlyMap<string, AnyAction> = new Map(
  all.map((action) => [action.name, action] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
);

export function actionOf(name: string): AnyAction | undefined {
  return actions.get(name);
}

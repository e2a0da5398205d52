// The table of all codes. `belay explain CODE` and docs/reference/errors.md are made from it.

import type { CodeEntry } from './code-table.ts';
import { actionCodes } from './codes/action.ts';
import { backupCodes } from './codes/backup.ts';
import { diffCodes } from './codes/diff.ts';
import { documentCodes } from './codes/document.ts';
import { drillCodes } from './codes/drill.ts';
import { expressionCodes } from './codes/expression.ts';
import { fmtCodes } from './codes/fmt.ts';
import { gateCodes } from './codes/gate.ts';
import { internalCodes } from './codes/internal.ts';
import { journalCodes } from './codes/journal.ts';
import { leaseCodes } from './codes/lease.ts';
import { lintCodes } from './codes/lint.ts';
import { migrateCodes } from './codes/migrate.ts';
import { planCodes } from './codes/plan.ts';
import { policyCodes } from './codes/policy.ts';
import { processCodes } from './codes/process.ts';
import { projectCodes } from './codes/project.ts';
import { runCodes } from './codes/run.ts';
import { runbookCodes } from './codes/runbook.ts';
import { sqliteCodes } from './codes/sqlite.ts';
import { storeCodes } from './codes/store.ts';
import { targetCodes } from './codes/target.ts';
import { testCodes } from './codes/test.ts';
import { usageCodes } from './codes/usage.ts';

const table = {
  ...documentCodes,
  ...projectCodes,
  ...expressionCodes,
  ...runbookCodes,
  ...processCodes,
  ...sqliteCodes,
  ...targetCodes,
  ...leaseCodes,
  ...journalCodes,
  ...storeCodes,
  ...backupCodes,
  ...actionCodes,
  ...migrateCodes,
  ...planCodes,
  ...policyCodes,
  ...fmtCodes,
  ...gateCodes,
  ...lintCodes,
  ...drillCodes,
  ...diffCodes,
  ...testCodes,
  ...runCodes,
  ...usageCodes,
  ...internalCodes,
};

export type Code = keyof typeof table;

export const codes: Readonly<Record<Code, CodeEntry>> = table;

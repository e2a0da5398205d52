// What a rollback would do, counted on the live targets, with nothing changed: undo is prepared in a transaction that is
// cancelled, a restore is compared table by table.

import { describeLoss, usableManifest } from '../backup/index.ts';
import { formatCount } from '../base/index.ts';
import type { RollbackResult, RollbackWork } from '../engine/index.ts';
import type { RollbackDecision, TargetHistory } from '../journal/index.ts';
import { recordedBackup } from './recorded-backup.ts';
import { undoRequestOf } from './rows.ts';
import type { UndoableSteps } from './undo-steps.ts';
import { describe } from './words.ts';

export async function previewRollback(
  work: RollbackWork,
  histories: readonly TargetHistory[],
  decisions: readonly RollbackDecision[],
  steps: UndoableSteps,
): Promise<RollbackResult> {
  const lines: string[] = [];
  for (const decision of decisions) {
    const history = histories.find(({ target }) => target === decision.target);
    lines.push(`${decision.target}: ${headline(decision)}`);
    lines.push(...(decision.settings ?? []).map((change) => `  setting ${change}`));
    if (history === undefined) continue;
    if (decision.how === 'rows') lines.push(...(await rowLines(work, history)));
    if (decision.how === 'restore') lines.push(...(await restoreLines(work, history)));
  }
  lines.push(
    ...[...steps.after, ...steps.before].map((step) => `step ${step}: its undo would run, if it has one`),
    ...steps.final.map(({ step, reason }) => `step ${step}: a point of no return (${reason})`),
  );
  const isStopped = decisions.some(({ how }) => how === 'stop');
  return {
    state: 'previewed',
    targets: decisions,
    dataState: isStopped ? describe(decisions, 'stopped') : 'nothing was changed by looking',
    lines,
  };
}

function headline({ how, why, backup, foreignWrites }: RollbackDecision): string {
  switch (how) {
    case 'nothing':
      return `nothing to put back (${why})`;
    case 'rows':
      return 'what the run wrote would be taken back, row by row';
    case 'restore':
      return `backup ${backup} would be restored (${why})${foreignWrites === undefined ? '' : `; others ${foreignWrites === 'proven' ? 'have' : 'may have'} written since`}`;
    case 'files':
      return `its files would be moved back (${why})`;
    case 'stop':
      return `would not be put back: ${why}`;
  }
}

async function rowLines(work: RollbackWork, history: TargetHistory): Promise<string[]> {
  const session = await work.sessions.writer(history.target);
  const prepared = await session.undoPrepare(undoRequestOf(work, history));
  if (prepared.state === 'prepared') await session.undoCancel();
  return [
    ...prepared.tables.map(({ table, rows }) => `  ${table}: ${formatCount(rows, 'row')} back`),
    ...prepared.conflicts
      .slice(0, 20)
      .map(({ table, key, why }) => `  conflict: ${table} ${JSON.stringify(key)} (${why})`),
    ...(prepared.conflicts.length > 20 ? [`  … and ${prepared.conflicts.length - 20} more conflicts`] : []),
  ];
}

async function restoreLines(work: RollbackWork, history: TargetHistory): Promise<string[]> {
  const { backup } = history;
  if (backup === undefined) return [];
  const found = await recordedBackup(backup);
  const session = await work.sessions.writer(history.target);
  const { tables } = await describeLoss(session, usableManifest(found));
  return tables.map(({ table, rowsNow, rowsInBackup }) => {
    const now = rowsNow === undefined ? 'no table' : formatCount(rowsNow, 'row');
    const then = rowsInBackup === undefined ? 'no table' : formatCount(rowsInBackup, 'row');
    return `  ${table}: ${now} now, ${then} in the backup`;
  });
}

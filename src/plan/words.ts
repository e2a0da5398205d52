// How a plan says in words what covers a step and what happens to it on failure.

import { formatCount, formatDuration } from '../base/index.ts';
import type { Effect } from '../journal/index.ts';
import type { Gate, Step } from '../runbook/index.ts';
import type { ResolvedRun } from './resolve.ts';
import { unprotected } from './way-back.ts';

const strength: readonly Effect[] = ['read', 'maintain', 'external', 'change', 'destroy'];

export function strongestEffect(steps: readonly Step[]): Effect {
  return steps.reduce<Effect>(
    (strongest, { effect }) => (strength.indexOf(effect) > strength.indexOf(strongest) ? effect : strongest),
    'read',
  );
}

/** The backup that a change would be taken back to. */
export function backupWords({ runbook, targets }: ResolvedRun, step: Step): string | undefined {
  if (step.effect !== 'change' && step.effect !== 'destroy') return undefined;
  if (unprotected([step], targets).length > 0) return 'none';
  const before = runbook.steps.slice(0, runbook.steps.indexOf(step));
  const accepted = before.findLastIndex(({ accept }) => accept);
  const covering = before
    .slice(accepted + 1)
    .findLast(
      (each) => each.action === 'backup.create' && each.targets.some((name) => step.targets.includes(name)),
    );
  if (covering !== undefined) return `taken by \`${covering.id}\``;
  const since = before[accepted];
  return since === undefined
    ? 'taken before the first change'
    : `another one, of what step \`${since.id}\` accepted, taken before the first change after it`;
}

export function rollbackWords(step: Step): string {
  const { rollback } = step;
  if (rollback?.kind === 'none') return `a point of no return: ${rollback.reason}`;
  if (rollback === undefined) return automaticWords(step);
  const undo = `undone by \`${rollback.action}\``;
  return step.effect === 'change' || step.effect === 'destroy' ? `${undo}; ${automaticWords(step)}` : undo;
}

function automaticWords(step: Step): string {
  switch (step.effect) {
    case 'read':
      return 'nothing to undo';
    case 'maintain':
      if (step.action === 'sqlite.configure' && step.onFailure !== 'abort')
        return 'put back: the settings are set as they were';
      return 'nothing to undo: the content stays the same';
    case 'external':
      return 'not undone: an effect outside the targets';
    default:
      if (step.onFailure === 'abort') return 'kept: the run stops and names the backup';
      return step.action === 'backup.quarantine'
        ? 'put back: its files are moved back'
        : 'put back: row by row, or from the backup';
  }
}

/** Who is asked before a step, as the runbook says it. */
export function gateWords(gate: Gate): string {
  const within = `within ${formatDuration(gate.timeoutMs)}`;
  if (gate.kind === 'confirm') {
    const how = gate.expect === undefined ? '' : ` by typing \`${gate.expect.source}\``;
    return `the operator confirms${how}, ${within}: ${gate.message.source}`;
  }
  const who = gate.approvers.map(approverWords).join(', ');
  const self = gate.preventsSelfApproval ? ', not the operator' : '';
  const rows = gate.maxRows === undefined ? '' : `, for at most ${formatCount(gate.maxRows, 'row')}`;
  return `${gate.minApprovals} of ${who}${self} approve${rows}, ${within}: ${gate.message.source}`;
}

/** A public key is too long to read: its type and its last characters tell it apart. */
function approverWords(approver: string): string {
  const [type = '', key = '', comment = ''] = approver.split(' ');
  return approver.startsWith('key:') ? `${type} …${key.slice(-8)}${comment && ` (${comment})`}` : approver;
}

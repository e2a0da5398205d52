// The gate before a step: gone, easier or harder to pass, asked differently.

import { formatCount, formatDuration } from '../../base/index.ts';
import type { ApprovalGate, ConfirmGate, Gate } from '../../runbook/index.ts';
import { type Change, change } from './change.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { show, showAll } from './show.ts';
import type { StepPair } from './step-pair.ts';

export function compareGate({ old, now, renames }: StepPair): Change[] {
  const [before, after] = [old.compiled.gate, now.compiled.gate];
  const where = { step: now.id, old: placeOf(old, before), new: placeOf(now, after) };
  const id = show(now.id);
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return [
      change('gate-added', 'info', `a gate was added before ${id}: the run now asks ${asked(after)}`, where),
    ];
  if (after === undefined) {
    const level = now.compiled.effect === 'read' && now.compiled.kind !== 'gate' ? 'caution' : 'danger';
    return [
      change(
        'gate-removed',
        level,
        `the gate before ${id} was removed: it now runs without asking anybody`,
        where,
      ),
    ];
  }
  if (before.kind === 'approval' && after.kind === 'confirm')
    return [
      change(
        'gate-weakened',
        'danger',
        `the approval before ${id} became a confirm: the operator alone now decides`,
        where,
      ),
    ];
  if (before.kind === 'confirm' && after.kind === 'approval')
    return [
      change(
        'gate-strengthened',
        'info',
        `the confirm before ${id} became an approval: the run now waits for ${showAll(after.approvers)}`,
        where,
      ),
    ];
  const pair = { old: before, now: after, id, where, renames };
  return [
    ...(before.kind === 'confirm' && after.kind === 'confirm' ? compareConfirm(before, after, pair) : []),
    ...(before.kind === 'approval' && after.kind === 'approval' ? compareApproval(before, after, pair) : []),
    ...compareMessage(pair),
    ...compareWait(pair),
  ];
}

export function asked(gate: Gate | undefined): string {
  if (gate === undefined) return 'nobody';
  return gate.kind === 'confirm' ? 'the operator' : `${gate.minApprovals} of ${showAll(gate.approvers)}`;
}

interface GatePair {
  readonly old: Gate;
  readonly now: Gate;
  readonly id: string;
  readonly where: Parameters<typeof change>[3];
  readonly renames: StepPair['renames'];
}

function compareConfirm(old: ConfirmGate, now: ConfirmGate, { id, where, renames }: GatePair): Change[] {
  const [from, to] = [renamed(normalValue(old.expect?.source), renames), normalValue(now.expect?.source)];
  if (from === to) return [];
  if (now.expect === undefined)
    return [
      change(
        'gate-weakened',
        'danger',
        `\`expect\` of the gate before ${id} was removed: \`--yes\` now answers it, nothing has to be typed`,
        where,
      ),
    ];
  if (old.expect === undefined)
    return [
      change(
        'gate-strengthened',
        'info',
        `the gate before ${id} now wants ${show(now.expect.source)} typed: \`--yes\` no longer answers it`,
        where,
      ),
    ];
  const isLooser = old.expect.kind !== 'constant' && now.expect.kind === 'constant';
  return [
    change(
      isLooser ? 'gate-weakened' : 'gate-changed',
      isLooser ? 'danger' : 'caution',
      `the text to be typed at the gate before ${id} went from ${show(old.expect.source)} to ${show(now.expect.source)}${isLooser ? ': the same on every database, so that it no longer proves which one is meant' : ''}`,
      where,
    ),
  ];
}

function compareApproval(old: ApprovalGate, now: ApprovalGate, { id, where }: GatePair): Change[] {
  const found: Change[] = [];
  const add = (...args: [Parameters<typeof change>[0], Parameters<typeof change>[1], string]) =>
    found.push(change(...args, where));
  const come = now.approvers.filter((each) => !old.approvers.includes(each));
  const gone = old.approvers.filter((each) => !now.approvers.includes(each));
  if (come.length > 0 || gone.length > 0) {
    const parts = [
      ...(come.length > 0 ? [`${showAll(come)} may now approve`] : []),
      ...(gone.length > 0 ? [`${showAll(gone)} no longer may`] : []),
    ];
    const left =
      gone.length > 0 && come.length === 0
        ? `; left ${now.approvers.length === 1 ? 'is' : 'are'} ${showAll(now.approvers)}`
        : '';
    add('approvers-changed', 'caution', `the approvers of ${id} changed: ${parts.join(', ')}${left}`);
  }
  if (now.minApprovals < old.minApprovals)
    add(
      'gate-weakened',
      'danger',
      `\`minApprovals\` of ${id} went from ${old.minApprovals} to ${now.minApprovals}: ${formatCount(now.minApprovals, 'person is', 'people are')} now enough`,
    );
  if (now.minApprovals > old.minApprovals)
    add(
      'gate-strengthened',
      'info',
      `\`minApprovals\` of ${id} went from ${old.minApprovals} to ${now.minApprovals}`,
    );
  if (old.preventsSelfApproval && !now.preventsSelfApproval)
    add(
      'gate-weakened',
      'danger',
      `whoever starts the run may now approve ${id} too: one person is enough to do it alone`,
    );
  if (!old.preventsSelfApproval && now.preventsSelfApproval)
    add('gate-strengthened', 'info', `whoever starts the run may no longer approve ${id}`);
  const [from, to] = [old.maxRows ?? Number.POSITIVE_INFINITY, now.maxRows ?? Number.POSITIVE_INFINITY];
  if (to > from)
    add(
      'gate-weakened',
      'danger',
      `\`maxRows\` of the approval of ${id} went from ${from} to ${now.maxRows ?? 'nothing'}: an approval stays good when more rows would change`,
    );
  if (to < from)
    add(
      'gate-strengthened',
      'info',
      `\`maxRows\` of the approval of ${id} went from ${old.maxRows ?? 'nothing'} to ${to}`,
    );
  return found;
}

/** A message that no longer shows a number hides what is decided. */
function compareMessage({ old, now, id, where, renames }: GatePair): Change[] {
  if (isSame(renamed(normalValue(old.message.source), renames), normalValue(now.message.source))) return [];
  const shown = new Set(now.message.references.map((path) => path.join('.')));
  const before = old.message.references.map(([root = '', name = '', ...rest]) =>
    [root, (root === 'steps' && renames.get(name)) || name, ...rest].join('.'),
  );
  const hidden = before.filter((path) => !shown.has(path));
  if (hidden.length > 0)
    return [
      change(
        'gate-changed',
        'caution',
        `the question before ${id} no longer shows ${showAll([...new Set(hidden)])}: who answers decides without it`,
        where,
      ),
    ];
  return [
    change('words-changed', 'info', `the question before ${id} is now ${show(now.message.source)}`, where),
  ];
}

function compareWait({ old, now, id, where }: GatePair): Change[] {
  if (old.timeoutMs === now.timeoutMs) return [];
  return [
    change(
      'gate-changed',
      'info',
      `the gate before ${id} waits ${formatDuration(now.timeoutMs)} for an answer, before ${formatDuration(old.timeoutMs)}; then it is declined`,
      where,
    ),
  ];
}

function placeOf(view: StepPair['old'], gate: Gate | undefined) {
  return gate === undefined ? view.place() : view.place(gate.kind);
}

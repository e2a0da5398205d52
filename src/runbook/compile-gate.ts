// Compiles the gate of a step: who is asked, what is said, how long. Who may approve is written out in the runbook: an
// operator who chooses the params must not choose the approvers by them.

import { parseDuration } from '../base/index.ts';
import type { Path } from '../document/index.ts';
import type { Scope } from '../expression/index.ts';
import {
  addFinding,
  type CompileContext,
  type Raw,
  rawList,
  rawRecord,
  rawText,
  templateAt,
} from './compile-context.ts';
import type { ApprovalGate, ConfirmGate, Gate } from './runbook.ts';

export interface GateRequest {
  readonly context: CompileContext;
  /** Of the step. */
  readonly path: Path;
  readonly raw: Raw;
  readonly id: string;
  /** Without the variable of a loop: a gate is asked once for all items. */
  readonly scope: Scope;
}

const confirmTimeoutMs = 15 * 60_000;
const approvalTimeoutMs = 24 * 3_600_000;
const publicKey = /^key:(ssh-[a-z0-9]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+={0,2}( .*)?$/;

export function compileGate(request: GateRequest): Gate | undefined {
  const { context, path, raw, id } = request;
  if (raw.confirm === undefined && raw.approval === undefined) return undefined;
  const key = raw.confirm === undefined ? 'approval' : 'confirm';
  if (raw.confirm !== undefined && raw.approval !== undefined)
    addFinding(
      context,
      'runbook/two-gates',
      context.document.keyPlace([...path, 'approval']),
      `step \`${id}\` has two gates, \`confirm\` and \`approval\``,
      { fix: 'make the one that is asked first a step of its own, before this one' },
    );
  return key === 'confirm' ? compileConfirm(request) : compileApproval(request);
}

function compileConfirm({ context, path, raw, scope }: GateRequest): ConfirmGate {
  const { message, expect, timeout } = rawRecord(raw.confirm);
  return {
    kind: 'confirm',
    message: templateAt(context, [...path, 'confirm', 'message'], message, scope),
    ...(expect === undefined
      ? {}
      : { expect: templateAt(context, [...path, 'confirm', 'expect'], expect, scope) }),
    timeoutMs: parseDuration(rawText(timeout) ?? '') ?? confirmTimeoutMs,
  };
}

function compileApproval(request: GateRequest): ApprovalGate {
  const { context, path, raw, scope } = request;
  const { message, minApprovals, preventSelfApproval, timeout, maxRows } = rawRecord(raw.approval);
  const approvers = rawList(rawRecord(raw.approval).approvers).map(String);
  const needed = typeof minApprovals === 'number' ? minApprovals : 1;
  checkApprovers(request, approvers);
  const canBeReached = approvers.some((each) => each.startsWith('@')) || approvers.length >= needed;
  if (approvers.length > 0 && !canBeReached)
    addFinding(
      context,
      'runbook/bad-approver',
      context.document.place([...path, 'approval', 'minApprovals']),
      `step \`${request.id}\` needs ${needed} approvals, and names ${approvers.length} who may give one`,
      { fix: 'name more approvers, or ask for fewer approvals' },
    );
  return {
    kind: 'approval',
    message: templateAt(context, [...path, 'approval', 'message'], message, scope),
    approvers,
    minApprovals: needed,
    preventsSelfApproval: preventSelfApproval !== false,
    timeoutMs: parseDuration(rawText(timeout) ?? '') ?? approvalTimeoutMs,
    ...(typeof maxRows === 'number' ? { maxRows } : {}),
  };
}

function checkApprovers({ context, path, id }: GateRequest, approvers: readonly string[]): void {
  for (const [index, approver] of approvers.entries()) {
    const why = approver.includes('${{')
      ? 'is an expression: who may approve is written out'
      : approver.startsWith('key:')
        ? publicKey.test(approver)
          ? undefined
          : 'is no SSH public key'
        : /^@?[^\s@:]+$/.test(approver)
          ? undefined
          : 'is neither a user name, nor `@group`, nor `key:` with an SSH public key';
    if (why !== undefined)
      addFinding(
        context,
        'runbook/bad-approver',
        context.document.place([...path, 'approval', 'approvers', index]),
        `approver \`${approver}\` of step \`${id}\` ${why}`,
        { fix: 'such as `alice`, `@dba` or `key:ssh-ed25519 AAAA…`' },
      );
  }
}

// A terminal made of streams, and the questions that tests put to it.

import { PassThrough } from 'node:stream';
import type { ApprovalQuestion, GateQuestion, Terminal } from '../../src/gate/index.ts';

export interface FakeTerminal extends Terminal {
  readonly input: PassThrough;
  readonly signals: string[];
  readonly hangUp: () => void;
  shown(): string;
  /** Resolves once `pattern` is on the screen. */
  until(pattern: RegExp): Promise<void>;
}

export function fakeTerminal(options: { readonly noticeMs?: number } = {}): FakeTerminal {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const gone = new AbortController();
  const signals: string[] = [];
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    input,
    output,
    hangup: gone.signal,
    hangUp: () => gone.abort(),
    signals,
    onInterrupt: (signal) => signals.push(signal),
    shown: () => text,
    async until(pattern) {
      while (!pattern.test(text)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    ...(options.noticeMs === undefined ? {} : { noticeMs: options.noticeMs }),
  };
}

export function question(changes: Partial<GateQuestion> = {}): GateQuestion {
  return {
    runId: 'run-20261121-000000-aaaa',
    runbook: 'prune',
    step: 'delete',
    title: 'Delete rows (db)',
    message: 'Delete 7 rows?',
    targets: [{ name: 'db', path: '/data/app.db' }],
    lines: ['`entries`: 7 rows of 10 (70 %)'],
    values: ['table: entries'],
    timeoutMs: 60_000,
    ...changes,
  };
}

export function approvalQuestion(changes: Partial<ApprovalQuestion> = {}): ApprovalQuestion {
  return {
    ...question(),
    timeoutMs: 24 * 3_600_000,
    digest: 'd'.repeat(64),
    expiresAt: '2026-11-22T00:00:00.000Z',
    approvers: ['root'],
    minApprovals: 1,
    preventsSelfApproval: true,
    operator: { uid: 65534, name: 'nobody', host: 'here' },
    ...changes,
  };
}

// Where nothing is at stake nobody is asked: gates are answered, approvals pass. The question is still made, so that what
// is wrong with it is found.

import type { GateKeeper } from '../gate/index.ts';
import type { Gate, Runbook, Step } from '../runbook/index.ts';

export const everybodyAgrees: GateKeeper = {
  canAnswer: () => true,
  answer: async () => ({ decision: 'confirmed', by: 'rehearsal', how: '--yes' }),
};

/** `approved`: the steps whose approval passes; absent: all. */
export function withoutApprovals(runbook: Runbook, approved?: ReadonlySet<string>): Runbook {
  const passed = (step: Step): Step =>
    step.gate?.kind === 'approval' && approved?.has(step.id) !== false
      ? { ...step, gate: confirmOf(step.gate) }
      : step;
  return { ...runbook, steps: runbook.steps.map(passed) };
}

function confirmOf({ message, timeoutMs }: Gate): Gate {
  return { kind: 'confirm', message, timeoutMs };
}

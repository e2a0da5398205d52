// What cannot go together with a target that nobody else may use.

import { addFinding, type CompileContext } from './compile-context.ts';
import type { Step, TargetDeclaration } from './runbook.ts';

export function checkExclusive(
  context: CompileContext,
  targets: readonly TargetDeclaration[],
  steps: readonly Step[],
): void {
  for (const { name, isExclusive } of targets) {
    if (isExclusive === true) checkTarget(context, name, steps);
  }
}

function checkTarget(context: CompileContext, name: string, steps: readonly Step[]): void {
  let isChanged = false;
  for (const step of steps) {
    const isItsOwn = step.targets.includes(name);
    if (isItsOwn && step.action === 'command.run')
      addFinding(
        context,
        'runbook/exclusive-conflict',
        step.place,
        `step \`${step.id}\` lets a program write to target \`${name}\`, which is \`exclusive\``,
        { fix: 'leave out `exclusive`, or do it with an action' },
      );
    if (isChanged && step.gate?.kind === 'approval')
      addFinding(
        context,
        'runbook/exclusive-conflict',
        step.place,
        `step \`${step.id}\` waits for an approval while target \`${name}\` is changed and \`exclusive\``,
        { fix: 'ask before the first change, or `accept` before you ask' },
      );
    if (isItsOwn && (step.effect === 'change' || step.effect === 'destroy')) isChanged = true;
    if (step.accept === true) isChanged = false;
  }
}

// What a program does to a target that its step does not name in `touches`: seen from the target, since nobody sees into
// the program. Watches; stops nothing.

import { Failure } from '../diagnostic/index.ts';
import type { Step } from '../runbook/index.ts';
import type { Execution } from './execution.ts';

/** Call the result when the program has ended: it records, and says, what was written to meanwhile. */
export async function watchTargets(
  execution: Execution,
  step: Step,
  stepId: string,
): Promise<() => Promise<void>> {
  const { resolved, recorder } = execution;
  if (step.action !== 'command.run') return async () => {};
  const names = resolved.targets
    .filter(({ name, expect }) => expect === 'ok' && !step.targets.includes(name))
    .map(({ name }) => name);
  const before = new Map<string, string | undefined>();
  for (const name of names) before.set(name, await versionOf(execution, name));
  return async () => {
    for (const [target, then] of before) {
      const now = await versionOf(execution, target);
      if (then === undefined || now === undefined || now === then || processOf(now) !== processOf(then))
        continue;
      recorder.record({ type: 'written-meanwhile', step: stepId, target });
      recorder.record({
        type: 'warning',
        step: stepId,
        message: `\`${target}\` was written to while the program of step \`${stepId}\` ran, which does not name it in \`touches\`: if it was that program, no rollback takes it back [run/undeclared-write]`,
      });
    }
  };
}

/** What cannot be asked is not known, and no reason to fail. */
async function versionOf({ sessions }: Execution, name: string): Promise<string | undefined> {
  try {
    return await (await sessions.reader(name)).dataVersion();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function processOf(version: string): string | undefined {
  return version.split(' ')[0];
}

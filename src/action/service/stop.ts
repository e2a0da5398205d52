// `service.stop`: stop a service, and prove that it has let go of the databases.

import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { defineAction, type RunContext } from '../action.ts';
import { milliseconds } from '../values.ts';
import { previewService, sameService, serviceDeclaration, serviceInputs } from './fields.ts';

export const serviceStop = defineAction({
  name: 'service.stop',
  summary: 'Stop a service',
  description:
    'Stops a systemd unit, or a service controlled by programs of your own, and waits until it says that it has stopped. Remembers the state that the service was in before; undo returns to that. With `releases` it proves that nobody holds the files of those targets afterwards, or names who does and fails.',
  with: serviceInputs('Targets whose files nobody may hold afterwards.'),
  ...serviceDeclaration,
  undoOf: (input, { before }) =>
    before === 'running' ? { action: 'service.start', with: sameService(input) } : undefined,
  preview: async (input) => previewService('stops', input),
  async run(input, context) {
    const { bring } = await import('./control.ts');
    const before = await bring('stopped', input, context);
    const waitMs = input.wait === undefined ? 30_000 : milliseconds(input.wait);
    const warnings: string[] = [];
    for (const target of input.releases ?? []) {
      if (!(await released(target, waitMs, context)))
        warnings.push(
          `nobody was seen to hold \`${target}\`, but this user may not look into the processes of others: their locks alone were looked at`,
        );
    }
    return { outputs: { before }, warnings };
  },
});

const pollMs = 100;

/** Whether the answer is complete. Fails with `target/in-use` when somebody still holds the files after `waitMs`. */
async function released(target: string, waitMs: number, context: RunContext): Promise<boolean> {
  const startedMs = context.clock.monotonicMs();
  for (;;) {
    const { holders, isComplete } = context.holders(target);
    if (holders.length === 0) return isComplete;
    if (context.clock.monotonicMs() - startedMs > waitMs) {
      const who = holders.map(({ pid, program, has }) => `${program} (pid ${pid}, ${has})`);
      throw new Failure(
        'target/in-use',
        `\`${context.target(target).path}\` is still held open after ${formatDuration(waitMs)} by ${who.slice(0, 4).join(', ')}${who.length > 4 ? `, and ${who.length - 4} more` : ''}`,
        {
          state: 'the service is stopped; the files of the target were not touched',
          fix: `stop that program: \`ps -fp ${holders.map(({ pid }) => pid).join(',')}\` says what it is`,
          details: { holders },
        },
      );
    }
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}

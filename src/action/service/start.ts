// `service.start`: start a service, never on a database that cannot be read.

import { Failure } from '../../diagnostic/index.ts';
import { defineAction, type RunContext } from '../action.ts';
import { previewService, sameService, serviceDeclaration, serviceInputs, serviceName } from './fields.ts';

export const serviceStart = defineAction({
  name: 'service.start',
  summary: 'Start a service',
  description:
    'Starts a systemd unit, or a service controlled by programs of your own, and waits until it says that it runs. A service is never started while one of the targets named in `releases` cannot be read. Remembers the state that the service was in before; undo returns to that.',
  with: serviceInputs(
    'Targets that the service works on: each must be readable, or the service is not started.',
  ),
  ...serviceDeclaration,
  undoOf: (input, { before }) =>
    before === 'stopped' ? { action: 'service.stop', with: sameService(input) } : undefined,
  preview: async (input) => previewService('starts', input),
  async run(input, context) {
    const { bring } = await import('./control.ts');
    for (const target of input.releases ?? []) await requireReadable(target, input, context);
    const before = await bring('running', input, context);
    return { outputs: { before } };
  },
});

async function requireReadable(
  target: string,
  input: Parameters<typeof serviceName>[0],
  context: RunContext,
): Promise<void> {
  const { condition, problem } = await context.facts(target);
  // A hot journal is rolled back by whoever opens the database next.
  if (condition === 'ok' || condition === 'needs-recovery') return;
  throw new Failure(
    'action/service-without-database',
    `\`${serviceName(input)}\` is not started: target \`${target}\` is ${condition}${problem === undefined ? '' : ` (${problem.message})`}`,
    {
      state: 'the service was not started',
      fix: 'restore the database first: `belay backup list`',
    },
  );
}

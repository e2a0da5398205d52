// What `service.stop` and `service.start` have in common: how a service is named, and what is said about it.

import type { Static } from 'typebox';
import type { JsonObject } from '../../base/index.ts';
import type { InputProblem, Preview } from '../action.ts';
import { choice, duration, inputs, list, optional, outputs, targetList, text } from '../fields.ts';

const argv = (description: string) => list(text('Program or argument.'), description, { minItems: 1 });

export function serviceInputs(releases: string) {
  return inputs({
    unit: optional(text('A systemd unit.', ['nerve-app.service'])),
    command: optional(
      inputs(
        {
          start: argv('Starts the service, and exits.'),
          stop: argv('Stops the service, and exits.'),
          status: argv('Exits 0 when the service runs, with 1, 3 or 4 when it does not.'),
        },
        { description: 'The service is controlled by these programs instead of systemd.' },
      ),
    ),
    releases: optional(targetList(releases)),
    wait: optional(duration('How long to wait for the state that is wanted. Default: 30s.', ['30s', '2m'])),
  });
}

export type ServiceInput = Static<ReturnType<typeof serviceInputs>>;

export function checkService(input: JsonObject): readonly InputProblem[] {
  const given = ['unit', 'command'].filter((key) => input[key] !== undefined && input[key] !== null);
  // What an expression gives may be null, and counts as absent then; the run decides.
  const isDecided = given.every((key) => !String(input[key]).startsWith('${{'));
  if (given.length === 1 || (given.length > 1 && !isDecided)) return [];
  return [
    {
      path: given.length === 2 ? ['command'] : [],
      message: `expected exactly one of \`unit\` and \`command\`, found ${given.length === 0 ? 'none' : 'both'}`,
    },
  ];
}

/** For messages. */
export function serviceName(input: Pick<ServiceInput, 'unit' | 'command'>): string {
  return input.unit ?? (input.command?.start ?? ['']).join(' ').trim();
}

/** What names the service, and the targets that it works on. */
export function sameService(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { unit, command, releases, wait } = input;
  return Object.fromEntries(
    Object.entries({ unit, command, releases, wait }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );
}

/** What the declarations of both say alike. */
export const serviceDeclaration = {
  outputs: outputs({
    before: choice(['running', 'stopped'], 'State that it was in.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: ['releases'],
  undo: 'own',
  availability: 'available',
  worksUnreadable: true,
  check: checkService,
} as const;

export function previewService(verb: 'starts' | 'stops', input: ServiceInput): Preview {
  return {
    state: 'not-simulated',
    lines: [`${verb} \`${serviceName(input)}\`; a plan does not ask for its state`],
    changesSomething: true,
  };
}

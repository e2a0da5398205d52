// `command.run`: a program that Belay starts but cannot look into.

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { inputs, list, optional, outputs, path, targetList, text } from '../fields.ts';

export const commandRun = defineAction({
  name: 'command.run',
  summary: 'Run a program',
  description:
    'Starts a program in its own process group with a minimal environment, and ends it with the whole group at a timeout or Ctrl-C. Fails on an exit code that is not expected. What it changes is unknown to Belay: name the targets that it writes to in `touches`, and give the step a `rollback`.',
  with: inputs({
    argv: optional(
      list(
        Type.Unsafe<string | number>({ type: ['string', 'number'] }),
        'Program and arguments, passed as they are; no shell looks at them.',
        { minItems: 1, examples: [['systemctl', 'is-active', 'nerve-app']] },
      ),
    ),
    shell: optional(
      text('A script for `/bin/sh`. Expressions are not allowed in it: pass values through `env`.', [
        'curl -fsS "$URL" | jq -e .ok',
      ]),
    ),
    env: optional(
      Type.Unsafe<Readonly<Record<string, string | number | boolean>>>({
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        additionalProperties: { type: ['string', 'number', 'boolean'] },
        description: 'Environment variables beside PATH, HOME, LANG, TZ and USER, which are passed on.',
        examples: [{ PGPASSWORD: '${{ secrets.password }}' }],
      }),
    ),
    cwd: optional(path('Folder to run in. Default: the project.', ['.'])),
    exitCodes: optional(
      list(Type.Integer({ minimum: 0, maximum: 255 }), 'Exit codes that mean success. Default: [0].', {
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    touches: optional(
      targetList('Targets that the program writes to. Without it Belay takes it that it writes to none.'),
    ),
  }),
  outputs: outputs({
    stdout: text('What it wrote to standard output, without the final line break; the last 64 KiB.'),
    stderr: text('What it wrote to standard error, without the final line break; the last 64 KiB.'),
    exitCode: Type.Integer({ description: 'Its exit code.' }),
  }),
  effect: 'external',
  isIdempotent: false,
  targetKeys: ['touches'],
  undo: 'declared',
  availability: 'available',
});

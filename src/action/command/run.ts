// `command.run`: a program that Belay starts but cannot look into.

import { Type } from 'typebox';
import { Failure } from '../../diagnostic/index.ts';
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
      text(
        'A script for `/bin/sh -e`: the first command that fails ends it. Expressions are not allowed in it: pass values through `env`.',
        ['curl -fsS "$URL" | jq -e .ok'],
      ),
    ),
    env: optional(
      Type.Unsafe<Readonly<Record<string, string | number | boolean>>>({
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        additionalProperties: { type: ['string', 'number', 'boolean'] },
        description:
          'Environment variables beside PATH, HOME, LANG, TZ and USER, which are passed on, and BELAY_RUN, the id of the run.',
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
  check(input) {
    const given = ['argv', 'shell'].filter((key) => input[key] !== undefined && input[key] !== null);
    if (given.length === 1) return [];
    return [
      {
        path: given.length === 2 ? ['shell'] : [],
        message: `expected exactly one of \`argv\` and \`shell\`, found ${given.length === 0 ? 'none' : 'both'}`,
      },
    ];
  },
  async preview(input) {
    return {
      state: 'not-simulated',
      lines: ['a program runs; a plan does not start it'],
      facts: { program: input.argv === undefined ? '/bin/sh' : String(input.argv[0]) },
    };
  },
  async run(input, context) {
    const argv = input.argv?.map(argument) ?? ['/bin/sh', '-e', '-c', input.shell ?? ''];
    const shown = input.argv === undefined ? 'the script' : `\`${argv[0]}\``;
    const result = await context.programs.run({
      argv,
      cwd: input.cwd ?? context.projectFolder,
      env: texts(input.env ?? {}),
      signal: context.signal,
      onOutput: (stream, text) => context.output(stream, text),
    });
    context.signal.throwIfAborted();
    const { exitCode } = result;
    if (exitCode === null) {
      throw new Failure('action/program-killed', `${shown} was ended by ${result.signal ?? 'a signal'}`, {
        state: 'what the program had done by then is unknown',
        fix: `read its output: \`belay runs logs ${context.runId} ${context.stepId}\``,
      });
    }
    const outputs = {
      stdout: withoutLineEnd(result.stdout),
      stderr: withoutLineEnd(result.stderr),
      exitCode,
    };
    const expected = input.exitCodes ?? [0];
    if (expected.includes(exitCode)) return { outputs };
    const said = lastLine(outputs.stderr) ?? lastLine(outputs.stdout);
    return {
      outputs,
      failed: {
        message: `${shown} exited with ${exitCode}, expected ${expected.join(' or ')}${said === undefined ? '' : `: ${said}`}`,
        fix: `read its output: \`belay runs logs ${context.runId} ${context.stepId}\``,
      },
    };
  },
});

function texts(env: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, argument(value)]));
}

/** Numbers in decimal, never `1e+21`. */
function argument(value: string | number | boolean): string {
  return typeof value === 'number'
    ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : String(value);
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim()
    .slice(0, 300);
}

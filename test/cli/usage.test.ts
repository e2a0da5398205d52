import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cli } from '../support/cli.ts';

describe('the command line', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown command names the near one',
      ['lisst'],
      /^error\[usage\/unknown-command\]: .*\nfix: did you mean `belay list`\?\n$/,
    ],
    [
      'an unknown option names the near one',
      ['runs', 'list', '--faild'],
      /^error\[usage\/unknown-option\]: unknown option `--faild`\nfix: did you mean `--failed`\?\n$/,
    ],
    [
      'a missing argument is said',
      ['show'],
      /^error\[usage\/missing-argument\]: missing required argument `RUNBOOK`\n/,
    ],
    ['an option without its value is said', ['list', '--state'], /^error\[usage\/missing-argument\]: /],
    ['an argument too many is said', ['list', 'a', 'b'], /^error\[usage\/too-many-arguments\]: /],
    [
      'a command of a later version is not ignored',
      ['doctor', 'prune'],
      /^error\[usage\/not-available\]: this version of belay does not have `doctor` yet\n$/,
    ],
    [
      'a rehearsal and a dry run at once are refused',
      ['run', 'x', '--rehearse', '--dry-run'],
      /^error\[usage\/conflicting-options\]: /,
    ],
    [
      'an output that the command lacks is said',
      ['list', '--output', 'markdown'],
      /^error\[usage\/invalid-value\]: `--output markdown`: expected `text`, `json`\n$/,
    ],
    [
      'a duration is checked',
      ['runs', 'list', '--since', '5'],
      /^error\[usage\/invalid-value\]: `--since 5`: expected a duration/,
    ],
    [
      'two databases at once are refused',
      ['backup', 'list', '--target', 'a', '--path', 'b'],
      /^error\[usage\/conflicting-options\]: /,
    ],
    [
      'an unknown target of the catalogue is said',
      ['backup', 'list', '--target', 'app'],
      /^error\[usage\/unknown-target\]: /,
    ],
    [
      'an unknown action is said',
      ['actions', 'sqlite.chek'],
      /^error\[usage\/unknown-action\]: .*\nfix: did you mean `belay actions sqlite\.check`\?\n$/,
    ],
    [
      'an unknown code is said',
      ['explain', 'usage/unknown-comand'],
      /^error\[usage\/unknown-code\]: .*\nfix: did you mean `belay explain usage\/unknown-command`\?\n$/,
    ],
    ['a path that is not there is said', ['validate', 'nowhere'], /^error\[usage\/unreadable-file\]: /],
  ];
  for (const [title, args, expected] of cases) {
    test(title, async () => {
      await using program = cli();
      const { exitCode, stderr, stdout } = await program.run(args);
      assert.match(stderr, expected);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.deepEqual(program.list(), [], 'a wrong command line leaves nothing behind');
    });
  }

  test('an error is one object with --output json, wherever the option stands', async () => {
    await using program = cli();
    const { exitCode, stdout, stderr, json } = await program.run(['--output', 'json', 'lisst']);
    assert.equal(exitCode, 2);
    assert.equal(stderr, '');
    assert.match(stdout, /"code":"usage\/unknown-command"/);
    assert.equal(json().exitCode, 2);
  });

  test('help goes to stdout and exits 0; the reserved commands are not in it', async () => {
    await using program = cli();
    const { exitCode, stdout, stderr } = await program.run(['--help']);
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^Usage: belay COMMAND/);
    assert.doesNotMatch(stdout, /doctor/);
    assert.match((await program.run(['run', '--help'])).stdout, /--lock-wait/);
    assert.equal((await program.run(['help', 'run'])).stdout, (await program.run(['run', '--help'])).stdout);
  });

  test('without a command it shows help and exits 2', async () => {
    await using program = cli();
    const { exitCode, stdout } = await program.run([]);
    assert.equal(exitCode, 2);
    assert.match(stdout, /^Usage/);
  });

  test('a reader that goes away is no error', async () => {
    await using program = cli();
    const running = program.start(['actions', '--output', 'json']);
    running.child.stdout?.destroy();
    const { exitCode, rawStderr } = await running.ended;
    assert.equal(rawStderr, '');
    assert.equal(exitCode, 0);
  });
});

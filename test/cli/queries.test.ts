import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { codes, exitCodes } from '../../src/diagnostic/index.ts';
import { cli } from '../support/cli.ts';
import { project } from './support.ts';

describe('belay list', () => {
  test('lists the runbooks of the project, also one that does not compile', async () => {
    await using program = project();
    program.file('runbooks/broken.yaml', 'apiVersion: belay/v1\nname: broken\nsteps: 7\n');
    const { stdout, exitCode, json } = await program.run(['list', '--output', 'json']);
    assert.equal(exitCode, 0, stdout);
    const own = (json().runbooks as { name: string; isValid: boolean; isBundled: boolean }[]).filter(
      ({ isBundled }) => !isBundled,
    );
    assert.deepEqual(
      own.map(({ name, isValid }) => [name, isValid]),
      [
        ['broken', false],
        ['look', true],
        ['purge', true],
      ],
    );
    const text = await program.run(['list']);
    assert.match(text.stdout, /^look +Look at a database +runbooks\/look\.yaml$/m);
    assert.match(text.stdout, /^broken +invalid: `belay validate runbooks\/broken\.yaml` says why/m);
    assert.match((await program.run(['list', '--names'])).stdout, /^look$/m);
    assert.ok(!program.exists('.belay'), 'reading makes no state folder');
  });
});

describe('belay show', () => {
  test('says what a person needs before running', async () => {
    await using program = project();
    const { stdout, exitCode } = await program.run(['show', 'look']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^look: Look at a database$/m);
    assert.match(stdout, /^ {2}database path, required$/m);
    assert.match(stdout, /^ {2}least integer, default 1$/m);
    assert.match(stdout, /^ {2}db sqlite at \$\{\{ params\.database \}\}$/m);
    assert.match(stdout, /^ {2}belay run look -p database=\.\/PATH$/m);
    assert.match((await program.run(['show', 'purge'])).stdout, /change .*undo: /);
  });

  test('names the near runbook', async () => {
    await using program = project();
    const { stderr, exitCode } = await program.run(['show', 'lok']);
    assert.match(stderr, /^error\[project\/no-such-runbook\]: .*\nfix: did you mean `look`\?\n$/);
    assert.equal(exitCode, 2);
  });
});

describe('belay actions', () => {
  test('lists every action and describes one', async () => {
    await using program = cli();
    const list = await program.run(['actions']);
    assert.match(list.stdout, /^sqlite\.check +read/m);
    assert.match(list.stdout, /\(not in this version yet\)/);
    const one = await program.run(['actions', 'sqlite.prune']);
    assert.match(one.stdout, /^ {2}table \(string\)$/m);
    const action = (await program.run(['actions', 'sqlite.prune', '--output', 'json'])).json();
    assert.equal(action.effect, 'destroy');
  });
});

describe('belay targets', () => {
  test('lists the catalogue', async () => {
    await using program = project();
    const { stdout } = await program.run(['targets']);
    assert.match(stdout, /^app +sqlite +app\.db +local +1d .* old$/m);
  });
});

describe('belay explain', () => {
  test('explains every code and every exit code', async () => {
    await using program = cli();
    const { stdout } = await program.run(['explain', 'usage/not-available']);
    assert.match(stdout, /^usage\/not-available\n\n/);
    assert.match((await program.run(['explain', '7'])).stdout, /a person must look/);
    for (const exit of Object.values(exitCodes))
      assert.equal((await program.run(['explain', String(exit), '--output', 'json'])).json().exitCode, exit);
    for (const entry of Object.values(codes)) assert.ok(entry.title !== '' && entry.help !== '');
  });
});

describe('belay init', () => {
  test('writes a project that validates, and never overwrites', async () => {
    await using program = cli();
    assert.equal((await program.run(['init'])).exitCode, 0);
    const validated = await program.run(['validate']);
    assert.equal(validated.stdout, '2 files checked, no findings\n');
    const before = program.read('belay.yaml');
    const again = await program.run(['init']);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /^error\[usage\/output-exists\]: `belay\.yaml` is already here\n/);
    assert.equal(program.read('belay.yaml'), before);
  });
});

describe('belay completion', () => {
  test('the bash script is sound and completes commands', async () => {
    await using program = cli();
    const { rawStdout } = await program.run(['completion', 'bash']);
    const script = `${rawStdout}\nCOMP_WORDS=(belay sta); COMP_CWORD=1; _belay; echo "\${COMPREPLY[@]}"
COMP_WORDS=(belay runs --fa); COMP_CWORD=2; _belay; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(stdout, 'status\n--failed\n');
  });

  test('zsh and fish have one too, another shell is refused', async () => {
    await using program = cli();
    assert.match((await program.run(['completion', 'zsh'])).stdout, /^#compdef belay/);
    assert.match((await program.run(['completion', 'fish'])).stdout, /complete -c belay/);
    assert.equal((await program.run(['completion', 'cmd'])).exitCode, 2);
  });
});

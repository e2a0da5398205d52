import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMasker } from '../../src/base/index.ts';
import { groupMembers } from '../../src/process/group.ts';
import {
  createProgramService,
  isSameProcess,
  type ProgramServiceOptions,
  processStart,
} from '../../src/process/index.ts';

type Started = Parameters<ProgramServiceOptions['onStarted']>[0];

function service(changes: Partial<ProgramServiceOptions> = {}) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'belay-test-'));
  const lines: string[] = [];
  const started: Started[] = [];
  const programs = createProgramService({
    runId: 'run-a',
    stepId: 'greet',
    stateFolder,
    masker: createMasker(new Map()),
    onStarted: (identity) => void started.push(identity),
    ...changes,
  });
  const run = (
    argv: string[],
    given: { signal?: AbortSignal; env?: Record<string, string>; cwd?: string } = {},
  ) =>
    programs.run({
      argv,
      cwd: given.cwd ?? stateFolder,
      env: given.env ?? {},
      signal: given.signal ?? new AbortController().signal,
      onOutput: (stream, text) => void lines.push(`${stream}: ${text}`),
    });
  return { run, lines, started, stateFolder };
}

const shell = (script: string) => ['/bin/sh', '-c', script];

test('a program runs with its arguments as they are, and its output is kept, shown and logged', async () => {
  const { run, lines, stateFolder } = service();
  const end = await run(['printf', '%s|', 'a b', '$HOME', "it's", '']);
  assert.deepEqual(end, {
    exitCode: 0,
    signal: null,
    stdout: "a b|$HOME|it's||",
    stderr: '',
    logFile: join(stateFolder, 'runs', 'run-a', 'greet.log'),
  });
  assert.deepEqual(lines, ["stdout: a b|$HOME|it's||"]);
  assert.equal(readFileSync(end.logFile, 'utf8'), "a b|$HOME|it's||");
  assert.equal(statSync(end.logFile).mode & 0o777, 0o600);
});

test('exit codes and signals of the program come back as they are', async () => {
  const { run } = service();
  assert.equal((await run(shell('exit 125'))).exitCode, 125);
  const killed = await run(shell('kill -TERM $$'));
  assert.deepEqual([killed.exitCode, killed.signal], [null, 'SIGTERM']);
});

test('stdin is closed, the folder is the given one, and the environment holds only what it should', async () => {
  const { run, stateFolder } = service();
  process.env.BELAY_TEST_SECRET = 'x';
  const end = await run(shell('cat; pwd; env | cut -d= -f1 | sort'), { env: { LEVEL: '3' } });
  delete process.env.BELAY_TEST_SECRET;
  const [folder, ...names] = end.stdout.trim().split('\n');
  assert.equal(folder, stateFolder);
  const allowed = new Set([
    'BELAY_RUN',
    'HOME',
    'LANG',
    'LEVEL',
    'PATH',
    'PWD',
    'TZ',
    'USER',
    'OLDPWD',
    'SHLVL',
    '_',
  ]);
  assert.deepEqual(
    names.filter((name) => !allowed.has(name)),
    [],
  );
  assert.ok(names.includes('BELAY_RUN') && names.includes('LEVEL'));
});

test('the identity that is recorded is the one of the running program, in a group of its own', async () => {
  const { run, started } = service();
  const end = await run(shell('cut -d" " -f5 /proc/self/stat; echo $$'));
  const [group, pid] = end.stdout.trim().split('\n').map(Number);
  assert.equal(started.length, 1);
  assert.deepEqual([started[0]?.pid, started[0]?.group], [pid, group]);
  assert.equal(isSameProcess(started[0]?.pid ?? 0, started[0]?.processStart ?? ''), false);
});

test('a program whose start cannot be recorded never runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belay-test-'));
  const { run } = service({
    onStarted: () => {
      throw new Error('disk full');
    },
  });
  await assert.rejects(run(['touch', join(folder, 'ran')]), /disk full/);
  assert.equal(existsSync(join(folder, 'ran')), false);
});

for (const moment of ['before', 'after'] as const)
  test(`an engine killed ${moment} the start is recorded leaves ${moment === 'before' ? 'nothing running' : 'a program that its record finds'}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'belay-test-'));
    const url = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
    const engine = spawn(
      process.execPath,
      [
        '--no-warnings',
        '--input-type=module',
        '-e',
        `import { writeFileSync } from 'node:fs';
        import { createProgramService } from ${url('process/index.ts')};
        import { createMasker } from ${url('base/index.ts')};
        const kill = () => process.kill(process.pid, 'SIGKILL');
        createProgramService({ runId: 'run-a', stepId: 's', stateFolder: ${JSON.stringify(folder)},
          masker: createMasker(new Map()),
          onStarted: (identity) => {
            writeFileSync(${JSON.stringify(join(folder, 'recorded'))}, JSON.stringify(identity));
            if (${moment === 'before'}) kill();
          } }).run({ argv: ['/bin/sh', '-c', 'echo ran > ran; exec sleep 60'], cwd: ${JSON.stringify(folder)}, env: {},
            signal: new AbortController().signal, onOutput() {} });
        setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const until = async (claim: () => boolean) => {
      while (!claim()) await sleep(10);
    };
    if (moment === 'after') {
      await until(() => existsSync(join(folder, 'ran')));
      engine.kill('SIGKILL');
    }
    await once(engine, 'exit');
    const recorded: Started = JSON.parse(readFileSync(join(folder, 'recorded'), 'utf8'));
    if (moment === 'before') {
      await until(() => processStart(recorded.pid) === undefined);
      assert.equal(existsSync(join(folder, 'ran')), false);
    } else {
      assert.equal(isSameProcess(recorded.pid, recorded.processStart), true);
      process.kill(-recorded.group, 'SIGKILL');
      await until(() => groupMembers(recorded.group).length === 0);
    }
  });

test('an abort ends the whole group, and returns only when it is gone', async () => {
  const abort = new AbortController();
  const { run, started } = service({ graceMs: 100 });
  // The leader ends at SIGTERM, its child does not.
  const running = run(
    shell('sh -c "trap \'\' TERM; while :; do sleep 0.05; done" & trap "exit 3" TERM; echo up; wait'),
    {
      signal: abort.signal,
    },
  );
  while (started.length === 0) await sleep(5);
  await sleep(100);
  const group = started[0]?.group ?? 0;
  assert.ok(groupMembers(group).length >= 2);
  abort.abort();
  const end = await running;
  assert.equal(end.exitCode, 3);
  assert.equal(end.stdout, 'up\n');
  assert.deepEqual(groupMembers(group), []);
});

test('a program that ends at SIGTERM has the time to clean up', async () => {
  const abort = new AbortController();
  const { run, lines } = service();
  const running = run(shell('trap "echo cleaned; exit 0" TERM; echo up; while :; do sleep 0.02; done'), {
    signal: abort.signal,
  });
  while (lines.length === 0) await sleep(5);
  abort.abort();
  assert.equal((await running).stdout, 'up\ncleaned\n');
});

test('a grandchild that keeps the pipes open does not hold the step', async () => {
  const { run, started } = service();
  const end = await run(shell('sleep 30 & echo done'));
  assert.equal(end.stdout, 'done\n');
  process.kill(-(started[0]?.group ?? 0), 'SIGKILL');
});

test('a secret is masked in every output, also when it arrives in pieces or spans lines', async () => {
  const masker = createMasker(
    new Map([
      ['password', 'hunter2hunter2'],
      ['key', 'BEGIN\nmiddle\nEND'],
    ]),
  );
  for (const script of [
    'printf hunter2; sleep 0.05; printf "hunter2\\n"',
    'printf "hunter2hunter2"',
    'printf "BEGIN\\n"; sleep 0.05; printf "middle\\nE"; sleep 0.05; printf "ND\\n"',
    'printf "hunter2hunter2\\n" >&2',
  ]) {
    const { run, lines } = service({ masker });
    const end = await run(shell(script));
    for (const text of [end.stdout, end.stderr, lines.join(''), readFileSync(end.logFile, 'utf8')])
      assert.doesNotMatch(text, /hunter2|BEGIN|middle|END/);
    assert.match(end.stdout + end.stderr, /^‹(password|key)›\n?$/);
  }
});

test('of much output the end is kept, the whole is in the log, and no character is cut', async () => {
  const { run } = service();
  const end = await run(shell('i=0; while [ $i -lt 3000 ]; do echo "$i äöüßäöüßäöüßäöüß"; i=$((i+1)); done'));
  assert.ok(Buffer.byteLength(end.stdout) <= 64 * 1024);
  assert.ok(end.stdout.endsWith('2999 äöüßäöüßäöüßäöüß\n'));
  assert.doesNotMatch(end.stdout, /�/);
  assert.equal(readFileSync(end.logFile, 'utf8').split('\n').length, 3001);
});

test('one endless line is passed on in parts, and a secret in it is masked', async () => {
  const masker = createMasker(new Map([['password', 'hunter2hunter2']]));
  const { run, lines } = service({ masker });
  const end = await run(
    shell(
      'head -c 300000 /dev/zero | tr "\\0" "x"; printf hunter2hunter2; head -c 65530 /dev/zero | tr "\\0" "y"',
    ),
  );
  assert.ok(lines.length > 1);
  assert.doesNotMatch(readFileSync(end.logFile, 'utf8'), /hunter2/);
  assert.equal(readFileSync(end.logFile, 'utf8').length, 300000 + '‹password›'.length + 65530);
});

test('a program that is missing or may not run is said so before anything starts', async () => {
  const { run, started, stateFolder } = service();
  writeFileSync(join(stateFolder, 'plain'), 'text');
  await assert.rejects(run(['sqlite3x-none']), { code: 'process/not-found', message: /is not in PATH/ });
  await assert.rejects(run(['printff']), { code: 'process/not-found', fix: 'did you mean `printf`?' });
  await assert.rejects(run(['./none']), {
    code: 'process/not-found',
    message: /there is no program `.*none`/,
  });
  await assert.rejects(run(['./plain']), { code: 'process/not-executable' });
  await assert.rejects(run(['/tmp']), { code: 'process/not-executable' });
  await assert.rejects(run(['true'], { cwd: '/nowhere/at/all' }), { code: 'process/no-folder' });
  await assert.rejects(run(['true', 'x'.repeat(3_000_000)]), { code: 'process/not-started' });
  assert.deepEqual(started, []);
});

test('a log that cannot be written does not stop the program, and is said', async () => {
  const { run, lines, stateFolder } = service();
  writeFileSync(join(stateFolder, 'runs'), 'a file in the way');
  assert.equal((await run(['echo', 'hello'])).stdout, 'hello\n');
  assert.match(lines.join(''), /stderr: belay: the log `.*` is not whole/);
});

// A branch that nobody trusts goes through every command of a review: no program is started, nothing is written, nothing
// outside is read, no secret is told, and nothing that is said drives a terminal or the log of a CI system.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cli } from '../support/cli.ts';
import { hasStrace, readTrace, type SystemCall, straceWords } from '../support/strace.ts';
import { canary, makeHostileBranch } from './hostile-branch.ts';

const root = join(import.meta.dirname, '..', '..');
const belay = join(root, 'dist', 'cli.js');
/** Where it really lies, should node_modules hold links. */
const sqlitePackage = realpathSync(join(root, 'node_modules', 'better-sqlite3'));
const program = cli();
makeHostileBranch(program);
const branch = program.path('branch');
const temporary = mkdtempSync(join(tmpdir(), 'belay-own-'));
after(async () => {
  chmodSync(program.path('branch/runbooks/unreadable.yaml'), 0o600);
  rmSync(temporary, { recursive: true, force: true });
  await program[Symbol.asyncDispose]();
});

const compiling = ['escapes', 'markup', 'programs', 'secrets', 'sql', 'sound'];
const runbooks = readdirSync(join(branch, 'runbooks'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `runbooks/${name}`);
const formats = (command: string, ...names: string[]) => names.map((name) => [command, '--output', name]);

/** Words of a command line; a command that this version does not have is left out. */
const calls: readonly (readonly string[])[] = [
  ...formats('validate', 'text', 'json', 'markdown', 'github', 'sarif', 'junit'),
  ['validate', '.', 'runbooks', 'migrations'],
  ...formats('lint', 'text', 'json', 'markdown', 'github', 'sarif', 'junit'),
  ['fmt', '--check'],
  ['fmt', '--check', 'runbooks'],
  ...formats('list', 'text', 'json'),
  ['list', '--names'],
  ...formats('targets', 'text', 'json'),
  ...formats('actions', 'text', 'json'),
  ['actions', 'command.run'],
  ['actions', '\u001b[31m::error::x'],
  ['explain', 'document/outside-project'],
  ['explain', '\u001b[31m::error::x'],
  ['diff', 'runbooks/sound.yaml', 'runbooks/escapes.yaml'],
  ['diff', 'runbooks', 'runbooks', '--output', 'json'],
  ['diff', 'runbooks/sound.yaml', 'runbooks/link.yaml', '--output', 'markdown'],
  ['diff', 'runbooks/markup.yaml', 'runbooks/sql.yaml', '--output', 'markdown'],
  ['diff', 'runbooks/sound.yaml', 'runbooks/escapes.yaml', '--output', 'github'],
  ...['sql-passwd', 'sql-outside', 'sql-link', 'sql-pipe', 'default-path', 'migrate-link'].map((name) => [
    'diff',
    'runbooks/sound.yaml',
    `runbooks/${name}.yaml`,
  ]),
  ...formats('diff', 'text', 'markdown', 'json', 'sarif').map((words) => [...words, '--git', 'HEAD~1..HEAD']),
  ['diff', '--git', 'HEAD~1'],
  ['diff', '--git', '--output=x..HEAD'],
  ...compiling.flatMap((name) => [
    ['show', name],
    ['show', name, '--output', 'json'],
    ['docs', name],
    ['docs', name, '--output', 'json'],
    ['plan', name],
  ]),
  ...formats('plan', 'json', 'markdown').flatMap((words) =>
    ['escapes', 'markup', 'sql'].map((name) => [...words, name]),
  ),
  ['plan', 'escapes', '--env', 'ci'],
  ['plan', '--all'],
  ['plan', '--all', '--env', 'evil'],
  ['plan', '--all', '--env', 'ci', '--output', 'json'],
  ...runbooks
    .filter((path) => !compiling.some((name) => path === `runbooks/${name}.yaml`))
    .map((path) => ['plan', path]),
];

interface Outcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly systemCalls: readonly SystemCall[];
}

async function run(words: readonly string[]): Promise<Outcome> {
  const trace = join(temporary, 'trace');
  const [program_ = '', ...rest] = [
    ...(hasStrace ? straceWords(trace) : []),
    process.execPath,
    belay,
    ...words,
  ];
  const child = spawn(program_, rest, {
    cwd: branch,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: program.path('outside'),
      TMPDIR: temporary,
      HOSTILE_SECRET: canary,
      CI: 'true',
    },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ exitCode, signal, stdout, stderr, systemCalls: hasStrace ? readTrace(trace) : [] });
    });
  });
}

/** Every file in the branch and beside it: name, kind, mode, time, content. */
function inventory(): readonly string[] {
  return (readdirSync(program.folder, { recursive: true }) as string[]).sort().map((name) => {
    const path = program.path(name);
    const stat = lstatSync(path);
    const content = stat.isSymbolicLink()
      ? readlinkSync(path)
      : stat.isFile() && (stat.mode & 0o400) !== 0
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : '';
    return `${name} ${stat.mode.toString(8)} ${stat.mtimeMs} ${content}`;
  });
}

const annotation = /^::(?:error|warning|notice) (?:file=[^:,]*,line=\d+,col=\d+,)?title=[a-z/-]+::[^\r\n]*$/;

function checkText(text: string, words: readonly string[]): void {
  assert.ok(!text.includes(canary), 'tells a secret, or what stands in a file outside');
  assert.doesNotMatch(text, /root:x:0:0/, 'shows /etc/passwd');
  assert.doesNotMatch(
    text,
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
    'drives a terminal',
  );
  for (const line of text.split('\n')) {
    const isOurs = words.includes('github') && annotation.test(line);
    if (!isOurs) assert.doesNotMatch(line, /^\s*::[a-z]|##\[|##vso\[/i, 'drives the log of a CI system');
  }
}

const hasGone = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** Of the machine, not of anybody: what node, the C library and OpenSSL read by themselves. */
const ofTheSystem =
  /^\/(?:usr\/(?:lib|lib64|share\/(?:zoneinfo|locale))|lib|lib64|sys\/(?:fs\/cgroup|devices\/system))\/|^\/etc\/(?:ld\.so\.(?:cache|preload)|nsswitch\.conf|localtime|host\.conf|resolv\.conf|ssl\/openssl\.cnf)$|^\/proc\/(?:self\/(?:cgroup|maps|stat|status|mountinfo|oom_score_adj)|\d+\/stat|sys\/(?:vm|kernel)\/.*|version_signature|meminfo|stat|cpuinfo)$|^\/dev\/(?:null|urandom|random)$/;

/** What was asked of the system and is not harmless. */
function outOfBounds(systemCalls: readonly SystemCall[], words: readonly string[]): readonly string[] {
  const isOwn = (path: string) => hasGone(path, temporary);
  const mayRead = (path: string) =>
    isOwn(path) ||
    hasGone(path, branch) ||
    hasGone(path, root) ||
    hasGone(path, sqlitePackage) ||
    // Git's own, of the machine.
    (words.includes('--git') && path === '/etc/gitconfig') ||
    hasGone(path, join(process.execPath, '..', '..')) ||
    ofTheSystem.test(path);
  return systemCalls.flatMap(({ name, texts, line, hasFailed }) => {
    const path = texts[0] ?? '';
    if (name.startsWith('execve')) {
      const isNode = path === process.execPath;
      const isGit = words[0] === 'diff' && words.includes('--git') && /\/git$/.test(path);
      return isNode || isGit ? [] : [line];
    }
    if (name === 'socket' || name === 'connect') return /AF_UNIX|AF_LOCAL/.test(line) ? [] : [line];
    if (name.startsWith('open') || name === 'creat') {
      const writes = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line) || name === 'creat';
      if (writes) return isOwn(path) || path === '/dev/null' ? [] : [line];
      const isRelative = !path.startsWith('/');
      // Probing for what is not there reads nothing: package.json upward, libraries.
      return isRelative || mayRead(path) || hasFailed ? [] : [line];
    }
    return texts.some((text) => text.startsWith('/') && !isOwn(text)) ? [line] : [];
  });
}

describe('a branch that nobody trusts', () => {
  const before = inventory();
  for (const words of calls) {
    test(`belay ${JSON.stringify(words.join(' ')).slice(1, -1)}`, async (t) => {
      const { exitCode, signal, stdout, stderr, systemCalls } = await run(words);
      if (`${stdout}${stderr}`.includes('usage/not-available'))
        return t.skip(`this version has no \`${words[0]}\``);
      assert.equal(signal, null, 'does not end');
      assert.notEqual(exitCode, 1, `a defect:\n${stderr}`);
      checkText(stdout, words);
      checkText(stderr, words);
      assert.deepEqual(outOfBounds(systemCalls, words), []);
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name !== 'trace'),
        [],
        'leaves something behind',
      );
      assert.deepEqual(inventory(), before, 'something was written');
    });
  }

  test('what they ask the system for is watched, and a run that does harm would be seen', {
    skip: hasStrace ? false : 'strace is not installed: programs, files and the network were not watched',
  }, async () => {
    const { systemCalls } = await run(['validate']);
    assert.ok(systemCalls.some(({ name }) => name === 'execve'));
    assert.ok(systemCalls.some(({ texts }) => texts[0]?.endsWith('/runbooks/sound.yaml')));
    const line = (name: string, text: string): SystemCall => ({
      name,
      texts: [text],
      line: `${name}("${text}")`,
      hasFailed: false,
    });
    const harmful = [
      line('execve', '/usr/bin/touch'),
      line('openat', join(program.folder, 'outside/secret.txt')),
      { ...line('openat', join(branch, 'x')), line: 'openat(AT_FDCWD, "x", O_WRONLY|O_CREAT)' },
      { ...line('connect', ''), line: 'connect(3, {sa_family=AF_INET})' },
      line('unlink', join(branch, 'belay.yaml')),
    ];
    assert.equal(outOfBounds(harmful, ['validate']).length, harmful.length);
  });
});

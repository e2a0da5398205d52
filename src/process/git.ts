// Asks git about a repository without running anything that the repository names: no hook, monitor, filter, pager or
// credential helper, and nothing is fetched. Only plumbing commands that read objects belong through here.

import { spawn } from 'node:child_process';
import { delimiter, isAbsolute, relative, resolve } from 'node:path';

export interface GitAnswer {
  readonly stdout: Buffer;
  /** Why there is no answer; then `stdout` means nothing. */
  readonly problem?: string;
}

const limitMs = 20_000;
const mostBytes = 64 * 1024 * 1024;

const options = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.allow=never',
];

/** `input` is what git reads. Never rejects: no git, no repository and a refusal of git are answers too. */
export function askGit(folder: string, args: readonly string[], input?: string): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = spawn('git', [...options, '-C', folder, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(folder),
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    // It may end before it has read everything; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) child.kill('SIGKILL');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16) stderr.push(chunk);
    });
    const answer = (problem?: string) =>
      resolve({ stdout: Buffer.concat(stdout), ...(problem === undefined ? {} : { problem }) });
    child.once('error', (error: NodeJS.ErrnoException) =>
      answer(error.code === 'ENOENT' ? 'there is no program `git`' : `git: ${error.message}`),
    );
    child.once('close', (exitCode, signal) => {
      if (exitCode === 0) return answer();
      const [said = ''] = Buffer.concat(stderr).toString('utf8').split('\n');
      answer(said.trim() || `git ended with ${exitCode ?? signal}`);
    });
  });
}

/** Nothing of the caller's GIT_…: inside a hook it would speak of another repository. */
function environment(folder: string): NodeJS.ProcessEnv {
  const kept = ['HOME', 'XDG_CONFIG_HOME', 'SUDO_UID', 'SYSTEMROOT'];
  const env: NodeJS.ProcessEnv = {
    PATH: searchPath(folder),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** PATH without what a repository can bring: a `git` in it would be a program of the branch under review. */
function searchPath(folder: string): string {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((each) => {
      const below = relative(resolve(folder), each);
      const isInside = below === '' || !(below.startsWith('..') || isAbsolute(below));
      return isAbsolute(each) && !isInside && !/[/\\]node_modules[/\\]/.test(`${each}/`);
    })
    .join(delimiter);
}

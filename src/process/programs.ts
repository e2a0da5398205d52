// Starts the programs of runbooks. Each runs in a process group of its own, and not before its identity is durable: a
// launcher waits for our word on a pipe, and ends when the pipe closes first. Owns output, stopping and leftovers.

import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Masker } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { checkProgram } from './find-program.ts';
import { endGroup } from './group.ts';
import { processStart } from './identity.ts';
import { createMaskedLines } from './masked-lines.ts';
import { openStepLog, stepLogPath } from './step-log.ts';

export interface Program {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whole lines, masked. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly logFile: string;
}

export interface ProgramServiceOptions {
  readonly runId: string;
  /** `step` or `step[key]`: names the log. */
  readonly stepId: string;
  readonly stateFolder: string;
  readonly masker: Masker;
  /** Makes the process durable in the journal before it returns; only then does the program start. */
  readonly onStarted: (process: { pid: number; processStart: string; group: number }) => void;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
}

/** What is kept of each stream: its end. */
const keptBytes = 64 * 1024;
/** How long output may still come after the program has exited: a grandchild can hold the pipe for ever. */
const drainMs = 500;
const inheritedNames = ['PATH', 'HOME', 'LANG', 'TZ', 'USER'];
// The launcher's pid, start time and group stay the program's: `exec` keeps all three.
const launcher = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

export function createProgramService(options: ProgramServiceOptions): {
  run(program: Program): Promise<ProgramEnd>;
} {
  return { run: (program) => runProgram(program, options) };
}

/** Loads what starting needs, a tenth of a second, while the run does something else. A failure is met again at the start. */
export function prepareForPrograms(): void {
  import('execa').catch(() => {});
}

/**
 * Runs a program to its end, whatever its exit code. When `signal` aborts, its whole group is ended first.
 *
 * Fails with `process/not-found`, `process/not-executable`, `process/no-folder`, `process/not-started`, or with what
 * `onStarted` threw; the program has not been started then.
 */
async function runProgram(program: Program, options: ProgramServiceOptions): Promise<ProgramEnd> {
  program.signal.throwIfAborted();
  const env = environment(program.env, options.runId);
  checkProgram(program.argv[0] ?? '', program.cwd, env.PATH ?? '');
  const logFile = stepLogPath(options.stateFolder, options.runId, options.stepId);
  using log = openStepLog(logFile);
  const { execa } = await import('execa');
  const child = execa('/bin/sh', ['-c', launcher, 'belay', ...program.argv], {
    cwd: program.cwd,
    env,
    extendEnv: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    buffer: false,
    reject: false,
    cleanup: false,
    stripFinalNewline: false,
  });
  const { pid } = child;
  if (pid === undefined)
    throw new Failure('process/not-started', `\`${program.argv[0]}\` could not be started`, {
      state: 'the program has not been started',
      cause: await child.then((result) => ('cause' in result ? result.cause : undefined)),
    });
  const { nodeChildProcess } = child;
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) =>
    nodeChildProcess.once('exit', (exitCode, signal) => resolve({ exitCode, signal })),
  );
  const capture = (stream: 'stdout' | 'stderr') =>
    captureStream(child[stream], options.masker, (text) => {
      log.write(text);
      program.onOutput(stream, text);
    });
  const [stdout, stderr] = [capture('stdout'), capture('stderr')];
  const go = nodeChildProcess.stdio[3] as Writable;
  // The launcher can be killed from outside before it reads.
  go.on('error', () => {});
  try {
    options.onStarted({ pid, processStart: processStart(pid) ?? 'unknown', group: pid });
  } catch (error) {
    // Order: not recorded, so not run. The launcher reads the end of the pipe and exits.
    go.destroy();
    await exited;
    throw error;
  }
  let ended: Promise<void> | undefined;
  const stop = () => {
    ended ??= endGroup(pid, options.graceMs ?? 5000);
  };
  program.signal.addEventListener('abort', stop, { once: true });
  if (program.signal.aborted) stop();
  else go.end('go\n');
  const end = await exited;
  program.signal.removeEventListener('abort', stop);
  // After an abort the exit of the leader is not the end: its children may still be at work.
  await ended;
  await Promise.race([
    Promise.all([stdout.finished, stderr.finished]),
    sleep(drainMs, undefined, { ref: false }),
  ]);
  stdout.close();
  stderr.close();
  const problem = log.problem();
  if (problem !== undefined) program.onOutput('stderr', `belay: ${problem}\n`);
  return { ...end, stdout: stdout.kept(), stderr: stderr.kept(), logFile };
}

function environment(given: Readonly<Record<string, string>>, runId: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of inheritedNames) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  // Last: recovery knows the processes of a run by it.
  return { ...env, ...given, BELAY_RUN: runId };
}

interface Capture {
  readonly finished: Promise<void>;
  close(): void;
  kept(): string;
}

function captureStream(stream: Readable, masker: Masker, onText: (text: string) => void): Capture {
  let kept = '';
  let isClosed = false;
  const lines = createMaskedLines(masker, (text) => {
    kept += text;
    if (kept.length > 2 * keptBytes) kept = lastBytes(kept);
    onText(text);
  });
  stream.on('data', (chunk: Uint8Array) => {
    if (!isClosed) lines.push(chunk);
  });
  return {
    finished: new Promise((resolve) => {
      stream.once('close', resolve);
      stream.once('error', () => resolve());
    }),
    close() {
      if (isClosed) return;
      isClosed = true;
      lines.end();
      stream.destroy();
    },
    kept: () => lastBytes(kept),
  };
}

/** The end of a text, in UTF-8 at most 64 KiB, not beginning inside a character. */
function lastBytes(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= keptBytes) return text;
  let start = bytes.length - keptBytes;
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.toString('utf8', start);
}

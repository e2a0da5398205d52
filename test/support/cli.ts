// The black-box builder: files in a temporary folder, the real program, and what it said with ids, times and the folder's
// own path made the same everywhere.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Normalised. */
  readonly stdout: string;
  readonly stderr: string;
  /** As it came. */
  readonly rawStdout: string;
  readonly rawStderr: string;
  json(): Record<string, unknown>;
  lines(): Record<string, unknown>[];
}

export interface RunningCli {
  readonly child: ChildProcess;
  /** Everything on stdout and stderr up to now. */
  text(): string;
  waitFor(pattern: RegExp): Promise<void>;
  readonly ended: Promise<CliResult>;
}

export interface Cli extends AsyncDisposable {
  readonly folder: string;
  path(name: string): string;
  file(name: string, content: string): Cli;
  /** A database made by these statements. */
  database(name: string, sql: string): Cli;
  read(name: string): string;
  exists(name: string): boolean;
  /** Names in the folder, recursively, sorted. */
  list(): string[];
  /** One value of the first row. */
  query(name: string, sql: string): unknown;
  run(args: readonly string[], options?: RunCliOptions): Promise<CliResult>;
  start(args: readonly string[], options?: RunCliOptions): RunningCli;
}

export interface RunCliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function cli(): Cli {
  const folder = mkdtempSync(join(tmpdir(), 'belay-test-'));
  const path = (name: string) => join(folder, name);
  const self: Cli = {
    folder,
    path,
    file(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return self;
    },
    database(name, sql) {
      mkdirSync(dirname(path(name)), { recursive: true });
      const database = new DatabaseSync(path(name), { timeout: 10_000 });
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
      return self;
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    exists: (name) => existsSync(path(name)),
    list: () => readdirSync(folder, { recursive: true }).map(String).sort(),
    query(name, sql) {
      const database = new DatabaseSync(path(name), { readOnly: true });
      try {
        return Object.values(database.prepare(sql).get() ?? {})[0];
      } finally {
        database.close();
      }
    },
    run: (args, options) => start(folder, args, options).ended,
    start: (args, options) => start(folder, args, options),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return self;
}

function start(folder: string, args: readonly string[], options: RunCliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd ?? folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpdir(), ...options.env },
  });
  let rawStdout = '';
  let rawStderr = '';
  const listeners = new Set<() => void>();
  const notice = () => {
    for (const listener of listeners) listener();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    rawStdout += text;
    notice();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    rawStderr += text;
    notice();
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      notice();
      resolve({
        exitCode,
        signal,
        stdout: normalise(rawStdout, folder),
        stderr: normalise(rawStderr, folder),
        rawStdout,
        rawStderr,
        json: () => JSON.parse(rawStdout) as Record<string, unknown>,
        lines: () =>
          rawStdout
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Record<string, unknown>),
      });
    });
  });
  return {
    child,
    text: () => rawStdout + rawStderr,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (pattern.test(rawStdout + rawStderr)) resolve();
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`ended without ${pattern}:\n${rawStdout}${rawStderr}`));
          else return;
          listeners.delete(check);
        };
        listeners.add(check);
        check();
      }),
    ended,
  };
}

/** Ids, instants, durations, digests and the folder become placeholders. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(/\b(run|bak)-\d{8}-\d{6}-[a-z0-9]{4}\b/g, '$1-<id>')
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{3})?)?Z?/g, '<time>')
    .replaceAll(/\b(\d+(\.\d+)?(ms|s|m|h)( \d+s)?)\b/g, '<took>')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replaceAll(/digest [0-9a-f]{12}/g, 'digest <hash>')
    .replaceAll(/[ \t]+$/gm, '');
}

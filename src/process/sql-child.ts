// Starts the process that does all SQL on a target, and ends it. Owns its pipes and its death;
// knows nothing of what is said over them.

import { spawn } from 'node:child_process';
import { processStart } from './identity.ts';

export interface SqlChildOptions {
  /** The program: a `.ts` source or the bundled `.js`. */
  readonly entry: string;
  /** Temporary files of SQLite go here. */
  readonly scratchFolder: string;
  readonly onMessage: (message: unknown) => void;
  /** Called once, after the process is gone. */
  readonly onEnd: (end: SqlChildEnd) => void;
}

export interface SqlChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 4 KiB it wrote to stderr. */
  readonly stderr: string;
}

export interface SqlChild {
  readonly pid: number;
  /** Start time as the kernel counts it; with the pid it names the process for good. */
  readonly processStart: string;
  readonly group: number;
  send(message: unknown): void;
  /** SIGKILL, and wait until it is gone. Idempotent. */
  kill(): Promise<void>;
}

// The memory of the whole tree is bounded, so the heap of a process that mostly holds SQLite pages is small.
const nodeOptions = [
  '--max-old-space-size=96',
  '--max-semi-space-size=1',
  '--disable-warning=ExperimentalWarning',
];

const living = new Set<number>();

/** True for a SQL child of this process: what it holds open we hold open. */
export function isSqlChild(pid: number): boolean {
  return living.has(pid);
}

/** Runs `entry` in a session of its own, so that Ctrl-C in a terminal reaches the engine alone, which decides. */
export async function startSqlChild(options: SqlChildOptions): Promise<SqlChild> {
  const child = spawn(process.execPath, [...nodeOptions, options.entry], {
    // fd 3 is the watchdog's pipe: it closes when this process ends, however it ends.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    detached: true,
    cwd: '/',
    env: { SQLITE_TMPDIR: options.scratchFolder, TZ: 'UTC', LANG: 'C.UTF-8' },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  child.on('message', options.onMessage);
  const ended = new Promise<void>((resolve) => {
    child.once('close', (exitCode, signal) => {
      if (child.pid !== undefined) living.delete(child.pid);
      resolve();
      options.onEnd({ exitCode, signal, stderr });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.on('error', () => {});
  const pid = child.pid ?? 0;
  living.add(pid);
  return {
    pid,
    processStart: processStart(pid) ?? 'unknown',
    group: pid,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

// Starts a Node program of our own that works for this process and talks with it, and ends it. In a session of its own:
// Ctrl-C in a terminal reaches this process alone. The program has to end itself when the channel closes.

import { spawn } from 'node:child_process';
import { processStart } from './identity.ts';

export interface NodeProgramOptions {
  /** A `.ts` source, or the bundled `.js`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onMessage: (message: unknown) => void;
  /** Called once, after the process is gone. */
  readonly onEnd: (end: NodeProgramEnd) => void;
}

export interface NodeProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 4 KiB it wrote to stderr. */
  readonly stderr: string;
}

export interface NodeProgram {
  readonly pid: number;
  readonly processStart: string;
  send(message: object): void;
  /** SIGKILL, and wait until it is gone. Idempotent. */
  kill(): Promise<void>;
}

const keptBytes = 4096;

export async function startNodeProgram(options: NodeProgramOptions): Promise<NodeProgram> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', options.entry], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
    env: options.env,
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptBytes);
  });
  child.on('message', options.onMessage);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (exitCode, signal) => {
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
  return {
    pid,
    processStart: processStart(pid) ?? 'unknown',
    send: (message) => {
      if (child.connected) child.send(message, () => {});
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

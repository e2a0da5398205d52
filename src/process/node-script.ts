// Runs a few lines of JavaScript in a Node process of their own, for what one process cannot find out about itself.

import { spawn } from 'node:child_process';

/** The exit code, or null when a signal ended it. The script sees `args` from `process.argv[1]` on. */
export function runNodeScript(script: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', '-e', script, ...args], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

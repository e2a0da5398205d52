// What several acceptance tests need: another process that holds a lock, and the processes that a run leaves.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface Holder extends AsyncDisposable {
  readonly pid: number;
}

/** Another process that runs `sql` on the database at `path` and keeps the connection open. */
export async function holdDatabase(path: string, sql: string): Promise<Holder> {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]);
    database.exec(process.argv[2]);
    process.stdout.write('held');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', script, path, sql], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Running processes whose command line or environment names `text`, except this one. */
export function processesOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        if (/\) [ZX] /.test(readFileSync(`/proc/${name}/stat`, 'utf8'))) return false;
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return words.includes(text) || readFileSync(`/proc/${name}/environ`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** A runbook over one database, given as param `database`. */
export function runbook(name: string, steps: string, more = ''): string {
  return `apiVersion: belay/v1
name: ${name}
title: Acceptance
params: { database: { type: path, required: true } }
targets: { db: { driver: sqlite, path: "\${{ params.database }}" } }
${more}steps:
${steps}`;
}

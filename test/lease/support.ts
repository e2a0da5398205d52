// Targets and other processes for tests of leases.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeaseRequest } from '../../src/lease/index.ts';

export function newTarget(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'belay-test-')), 'orders.db');
  writeFileSync(path, '');
  return path;
}

export function request(runId: string, changes: Partial<LeaseRequest> = {}): LeaseRequest {
  return { runId, stateFolder: '/state', operator: 'ada', host: hostname(), waitMs: 0, ...changes };
}

/** A Node process with these lines as a module; `api` has the exports of lease/. Its lines of output one by one. */
export function startProcess(lines: string): { child: ChildProcess; line: () => Promise<string> } {
  const lease = new URL('../../src/lease/index.ts', import.meta.url).href;
  const script = `import * as api from ${JSON.stringify(lease)};\n${lines}`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const iterator = readLines(child);
  return { child, line: async () => (await iterator.next()).value ?? '' };
}

async function* readLines(child: ChildProcess): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of child.stdout ?? []) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** A process that takes the lease, says so, and holds it until it is killed. */
export async function startHolder(target: string, runId: string, host = hostname()): Promise<ChildProcess> {
  const { child, line } = startProcess(`
    const lease = await api.takeLease(${JSON.stringify(target)}, ${JSON.stringify(request(runId, { host }))});
    console.log('taken ' + lease.token);
    setInterval(() => lease, 1000);
  `);
  const first = await line();
  if (!first.startsWith('taken')) throw new Error(`the holder said: ${first}`);
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

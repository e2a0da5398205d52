// A database in use by a real HTTP service, a backup or two, and damage: what the recovery runbooks are for.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cli, CliResult } from '../support/cli.ts';

export const runbooks = join(import.meta.dirname, '../../runbooks');
const fixture = join(import.meta.dirname, '../fixtures/service.ts');

/** 500 notes in WAL mode. */
export const notes = `PRAGMA journal_mode = wal; CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO notes SELECT i, hex(randomblob(40)) FROM n;`;

export interface Service extends Disposable {
  readonly command: Readonly<Record<'start' | 'stop' | 'status', readonly string[]>>;
  start(): void;
  isRunning(): boolean;
  /** What it answers, or undefined. */
  ask(): Promise<{ status: string; notes: number } | undefined>;
  url(): string;
}

export function service(work: Cli, database: string, manner = ''): Service {
  const argv = (verb: string) => [process.execPath, fixture, verb, work.folder, work.path(database), manner];
  const call = (verb: string) => spawnSync(process.execPath, argv(verb).slice(1), { encoding: 'utf8' });
  const pid = () => Number(existsSync(work.path('service.pid')) ? work.read('service.pid') : 0);
  const url = () => `http://127.0.0.1:${work.read('service.port')}/`;
  return {
    command: { start: argv('start'), stop: argv('stop'), status: argv('status') },
    start() {
      const { status, stderr } = call('start');
      if (status !== 0) throw new Error(stderr);
    },
    isRunning: () => call('status').status === 0,
    ask: async () => {
      try {
        return (await (await fetch(url(), { signal: AbortSignal.timeout(5000) })).json()) as {
          status: string;
          notes: number;
        };
      } catch {
        return undefined;
      }
    },
    url,
    [Symbol.dispose]() {
      try {
        if (pid() > 0) process.kill(pid(), 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
  };
}

/** The id of a new backup. */
export async function backUp(work: Cli, database: string): Promise<string> {
  const result = await work.run(['backup', 'create', '--path', database]);
  if (result.exitCode !== 0) throw new Error(result.rawStderr);
  const { backups } = (await work.run(['backup', 'list', '--output', 'json'])).json();
  return (backups as { id: string }[])[0]?.id ?? '';
}

/** One bit in the middle of a backup's artifact. */
export async function flipBit(work: Cli, id: string): Promise<void> {
  const { backups } = (await work.run(['backup', 'list', '--output', 'json'])).json();
  const path = (backups as { id: string; path: string }[]).find((each) => each.id === id)?.path ?? '';
  const artifact = join(path, 'database.sqlite.zst');
  const at = Math.floor(statSync(artifact).size / 2);
  const file = openSync(artifact, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 4;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

export function overwrite(path: string, at: number, text: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from(text), 0, text.length, at);
  closeSync(file);
}

export interface Recovery {
  readonly result: CliResult;
  readonly exitCode: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly states: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** How a run ended, from its events. */
export async function run(work: Cli, args: readonly string[]): Promise<Recovery> {
  const result = await work.run(['run', ...args, '--output', 'json']);
  const events = result.lines();
  const finished = events.find(({ type }) => type === 'run-finished');
  if (finished === undefined) throw new Error(result.rawStderr + result.rawStdout);
  const of = (kind: string) => events.filter(({ type }) => type === kind);
  return {
    result,
    exitCode: finished.exitCode,
    outputs: Object.assign({}, ...of('outputs-decided').map(({ outputs }) => outputs)),
    message: (finished.failure as { message: string } | undefined)?.message ?? '',
    states: Object.fromEntries(of('step-finished').map(({ step, state }) => [step, state])),
    warnings: of('warning').map(({ message }) => String(message)),
  };
}

export function textOf(path: string): string {
  return readFileSync(path, 'latin1');
}

// The fault shim: compiled once from shim.c where a C compiler is, armed for one program run, and asked what it counted.
// Reaches the engine and, through it, its SQL child.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Fault = 'kill' | 'kill-both' | 'kill-other' | 'tear' | 'ENOSPC' | 'EIO' | 'EACCES' | 'count';

export interface Arming {
  readonly role: 'engine' | 'child' | 'any';
  /** The k-th call, from 1; 0 only counts. */
  readonly at: number;
  readonly fault: Fault;
  /** Every call from the k-th on. */
  readonly isForGood?: boolean;
  /** Kills when the k-th call has been made, not before. */
  readonly isAfter?: boolean;
  /** Keeps every call, for `trace`. */
  readonly isTraced?: boolean;
  /** Prefixes of the paths that count. */
  readonly below: readonly string[];
}

/** A call that changes files, in the order in which it was made. */
export interface Call {
  readonly role: 'engine' | 'child';
  /** Counted for its role, from 1. */
  readonly at: number;
  readonly kind: string;
  readonly path: string;
}

export interface Shim {
  readonly env: Readonly<Record<string, string>>;
  counts(): {
    readonly engine: number;
    readonly child: number;
    readonly isTriggered: boolean;
    readonly kind: string;
  };
  /** What was kept, and nothing any more. */
  trace(): Call[];
}

const kinds = ['none', 'write', 'sync', 'truncate', 'rename', 'unlink', 'mkdir'];
const folder = mkdtempSync(join(tmpdir(), 'belay-shim-'));
const library = join(folder, 'shim.so');

/** A reason to skip, or false. */
export const cannotShim: string | false = compile();

function compile(): string | false {
  if (process.platform !== 'linux') return 'the shim is for Linux';
  try {
    execFileSync(
      'cc',
      ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, 'shim.c'), '-ldl'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return false;
  } catch (error) {
    return `no C compiler, or it refuses: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

let armed = 0;

export function arm({ role, at, fault, isForGood, isAfter, isTraced, below }: Arming): Shim {
  const map = join(folder, `map-${process.pid}-${++armed}`);
  writeFileSync(map, Buffer.alloc(64));
  return {
    env: {
      LD_PRELOAD: library,
      SHIM_MAP: map,
      SHIM_FOLDERS: below.join(':'),
      SHIM_ROLE: role,
      SHIM_AT: String(at),
      SHIM_DO: fault,
      ...(isForGood === true ? { SHIM_ALWAYS: '1' } : {}),
      ...(isAfter === true ? { SHIM_AFTER: '1' } : {}),
      ...(isTraced === true ? { SHIM_LOG: `${map}-log` } : {}),
    },
    counts: () => {
      const bytes = readFileSync(map);
      const slot = (i: number): number => Number(bytes.readBigInt64LE(8 * i));
      return { engine: slot(0), child: slot(1), isTriggered: slot(2) === 1, kind: kinds[slot(5)] ?? 'none' };
    },
    trace: () => {
      const log = readFileSync(`${map}-log`, 'utf8');
      rmSync(`${map}-log`);
      return log
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [role, at, kind, ...path] = line.split(' ');
          return {
            role: role === 'child' ? 'child' : 'engine',
            at: Number(at),
            kind: kinds[Number(kind)] ?? 'none',
            path: path.join(' '),
          };
        });
    },
  };
}

// A wall clock for real processes that a test sets while they run: clock.c, compiled once where a C compiler is.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In seconds. */
export const hour = 3600;
export const year = 365 * 24 * hour;

const folder = mkdtempSync(join(tmpdir(), 'belay-clock-'));
const library = join(folder, 'clock.so');
let made = 0;

/** A reason to skip, or false. */
export const cannotSetClock: string | false = compile();

function compile(): string | false {
  if (process.platform !== 'linux') return 'the clock shim is for Linux';
  const source = join(import.meta.dirname, 'clock.c');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    return `no C compiler, or it refuses: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
  const wrong = testClock();
  wrong.set(year);
  const options = { env: { ...process.env, ...wrong.env } };
  const said = Number(execFileSync(process.execPath, ['-p', 'Date.now()'], options));
  return said - Date.now() > 1000 * (year - hour) ? false : 'this Node does not ask libc for the time';
}

export interface TestClock {
  /** For programs that shall have it. */
  readonly env: Readonly<Record<string, string>>;
  /** Seconds ahead of the machine's clock; programs at work see it at once. */
  set(seconds: number): void;
}

/** Right, until it is set. */
export function testClock(): TestClock {
  const file = join(folder, `shift-${++made}`);
  writeFileSync(file, Buffer.alloc(8));
  return {
    env: { LD_PRELOAD: library, CLOCK_SHIFT: file },
    set: (seconds) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(seconds));
      // In place: programs have it mapped.
      writeFileSync(file, bytes, { flag: 'r+' });
    },
  };
}

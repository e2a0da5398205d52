// The whole, masked output of the programs of one step, in a private file beside the journal. Only ever appended to.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `<state>/runs/<run>/<step>.log`; characters of a step that a file name cannot hold are written as `%2F`. */
export function stepLogPath(stateFolder: string, runId: string, step: string): string {
  const name = step.replaceAll(/[^\w.[\]-]/gu, (character) =>
    encodeURIComponent(character).replaceAll('*', '%2A'),
  );
  // A name of 255 bytes is the most that file systems take.
  return join(stateFolder, 'runs', runId, `${name.slice(0, 200)}.log`);
}

export interface StepLog extends Disposable {
  write(text: string): void;
  /** Why the log is not whole. */
  problem(): string | undefined;
}

/** Opens at the first text. A log that cannot be written never stops the program. */
export function openStepLog(path: string): StepLog {
  let descriptor: number | undefined;
  let problem: string | undefined;
  return {
    write(text) {
      if (problem !== undefined) return;
      try {
        if (descriptor === undefined) {
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
          descriptor = openSync(path, 'a', 0o600);
        }
        writeSync(descriptor, text);
      } catch (error) {
        problem = `the log \`${path}\` is not whole: ${(error as Error).message}`;
      }
    },
    problem: () => problem,
    [Symbol.dispose]() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

// Folders of migrations for the tests.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../../src/diagnostic/index.ts';

/** Writes the files anew into `folder/migrations` and gives its path. */
export function migrations(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const from = join(folder, 'migrations');
  rmSync(from, { recursive: true, force: true });
  mkdirSync(from);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(from, name)), { recursive: true });
    writeFileSync(join(from, name), content);
  }
  return from;
}

export async function failure(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('expected a failure, but the work succeeded');
}

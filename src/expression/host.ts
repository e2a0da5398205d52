// What expressions may learn from the machine: free space and existence of paths. The only effects of this folder.

import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EvaluationError } from './evaluation-error.ts';
import type { ExpressionHost } from './expression.ts';

/** A host on the real disk; relative paths start at `folder`. */
export function createExpressionHost(folder: string): ExpressionHost {
  return {
    exists: (path) => existsSync(resolve(folder, path)),
    diskFree(path) {
      let nearest = resolve(folder, path);
      while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
      try {
        const space = statfsSync(nearest);
        return space.bavail * space.bsize;
      } catch (cause) {
        throw new EvaluationError(`the free space of \`${nearest}\` cannot be read`, { cause });
      }
    },
  };
}

// Where things lie: relative paths become absolute once, here.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `path` as seen from the folder `base`; absolute. */
export function resolvePath(base: string, path: string): string {
  return resolve(base, path);
}

/** The nearest `belay.yaml`, from `folder` upward. */
export function findProjectFile(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, 'belay.yaml');
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}

/** The runbooks that come with Belay: beside `src/` and beside `dist/` alike. */
export function bundledRunbookFolder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'package.json')) && at !== dirname(at)) at = dirname(at);
  return join(at, 'runbooks');
}

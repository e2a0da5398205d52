// The version of this program: put in by the bundler, read from package.json when run from source.

import { readFileSync } from 'node:fs';

declare const BELAY_VERSION: string | undefined;

export const version: string =
  typeof BELAY_VERSION === 'string'
    ? BELAY_VERSION
    : (
        JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
          version: string;
        }
      ).version;

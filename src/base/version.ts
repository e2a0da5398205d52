// The version of this program, as the package says it; the bundler puts it into the program.

import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

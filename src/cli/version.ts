// The version, as the package says it. The bundler puts it into the program.

import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

// The bundle: a few entries that share chunks, so that each command loads only what it needs.

import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** Program or library → its source. */
export const entries = {
  cli: 'src/cli/main.ts',
  'drill-engine': 'src/cli/drill-engine.ts',
  index: 'src/index.ts',
  'sqlite-child': 'src/sqlite/child/main.ts',
} as const;

/** commander starts programs for commands that are files of their own; we have none, and the module loads sockets too. */
const withoutPrograms: Plugin = {
  name: 'without-programs',
  setup(setup) {
    setup.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'none', namespace: 'without-programs' } : undefined,
    );
    setup.onLoad({ filter: /^none$/, namespace: 'without-programs' }, () => ({
      contents: 'export default {};',
    }));
  },
};

export const bundleOptions = {
  bundle: true,
  splitting: true,
  // Chunks lie beside the entries, so that what a module finds relative to itself is found in `dist/` too.
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['better-sqlite3'],
  alias: { typebox: './scripts/make/plain-type.ts' },
  plugins: [withoutPrograms],
  // Packages in CommonJS form call `require` for modules of Node. Making a real one costs each chunk half a millisecond.
  banner: { js: 'const require = process.getBuiltinModule;' },
  logLevel: 'warning',
} satisfies BuildOptions;

/** Writes `dist/`; answers the entries whose source does not exist. Overwrites in place: a program may be running. */
export async function buildBundle(): Promise<string[]> {
  const present = Object.entries(entries).filter(([, source]) => existsSync(source));
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: Object.fromEntries(present),
    outdir: 'dist',
    metafile: true,
  });
  for (const name of readdirSync('dist'))
    if (name.endsWith('.js') && !metafile.outputs[`dist/${name}`]) rmSync(`dist/${name}`);
  rmSync('dist/validators', { recursive: true, force: true });
  cpSync('src/document/validators', 'dist/validators', { recursive: true });
  return Object.values(entries).filter((source) => !existsSync(source));
}

// Type declarations of the library, by the compiler: only what `src/index.ts` reaches.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

export function buildDeclarations(): void {
  if (!existsSync('src/index.ts')) return;
  const config = 'build/tsconfig.json';
  const options = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      rootDir: '../src',
      outDir: '../dist/types',
      types: ['node'],
      typeRoots: ['../node_modules/@types'],
    },
    files: ['../src/index.ts'],
    include: [],
  };
  mkdirSync('build', { recursive: true });
  writeFileSync(config, JSON.stringify(options));
  const result = spawnSync('node_modules/.bin/tsc', ['-p', config], { encoding: 'utf8' });
  if (result.status !== 0)
    process.stderr.write(`build: declarations have errors\n${result.stdout}${result.stderr}`);
}

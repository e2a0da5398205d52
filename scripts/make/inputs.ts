// Whether anything has changed since a part was built: a hash over the contents of its inputs, kept beside what was built.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

const folder = 'build/inputs';

export function isFresh(part: string, inputs: readonly string[], output: string): boolean {
  const stamp = `${folder}/${part}`;
  return existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(inputs);
}

export function remember(part: string, inputs: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${part}`, hashOf(inputs));
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesOf))
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => !name.includes('.generated.'))
    .flatMap((name) => filesOf(`${path}/${name}`));
}

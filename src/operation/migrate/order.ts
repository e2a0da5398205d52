// The order of migrations: by their leading numbers, then byte by byte.

import { Failure } from '../../diagnostic/index.ts';
import { type Migration, versionOf } from './migration.ts';

/** Fails with `migrate/ambiguous-order` when two carry the same number. */
export function inOrder(migrations: readonly Migration[]): Migration[] {
  const sorted = [...migrations].sort((a, b) => compareNames(a.name, b.name));
  for (const [i, { name }] of sorted.entries()) {
    const before = sorted[i - 1]?.name;
    const version = versionOf(name);
    if (before === undefined || version === undefined || compareVersions(version, versionOf(before)) !== 0)
      continue;
    throw new Failure('migrate/ambiguous-order', `\`${before}\` and \`${name}\` carry the same number`, {
      state: 'nothing was started',
      fix: `give \`${name}\` a number of its own`,
    });
  }
  return sorted;
}

export function compareNames(a: string, b: string): number {
  const [x, y] = [versionOf(a), versionOf(b)];
  const byVersion = x === undefined || y === undefined ? 0 : compareVersions(x, y);
  return byVersion || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareVersions(a: string, b: string | undefined): number {
  if (b === undefined) return 1;
  const [x, y] = [a.split('.').map(BigInt), b.split('.').map(BigInt)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [left, right] = [x[i] ?? 0n, y[i] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

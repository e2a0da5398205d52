// Who else has a target open. Proof that nobody has, as far as this user may look.

import { Failure } from '../../diagnostic/index.ts';
import { isSqlChild } from '../../process/index.ts';
import { lockHolders } from '../../sqlite/index.ts';
import { realPathOf } from '../real-path.ts';
import type { TargetHolders, TargetSpec } from '../target.ts';

export function holdersOf(spec: Pick<TargetSpec, 'path'>): TargetHolders {
  const holders = lockHolders(realPathOf(spec.path), (pid) => pid === process.pid || isSqlChild(pid));
  return { holders, isComplete: process.geteuid?.() === 0 };
}

export function describeTargetHolders({ holders }: TargetHolders): string {
  const shown = holders.slice(0, 4).map(({ pid, program, has }) => `${program} (pid ${pid}, ${has})`);
  return shown.join(', ') + (holders.length > 4 ? `, and ${holders.length - 4} more` : '');
}

/** Fails with `target/in-use`. */
export function requireNoHolders(spec: TargetSpec, state: string): void {
  const found = holdersOf(spec);
  if (found.holders.length === 0) return;
  throw new Failure(
    'target/in-use',
    `\`${realPathOf(spec.path)}\` is held open by ${describeTargetHolders(found)}`,
    {
      state,
      fix: `stop that program: \`ps -fp ${found.holders.map(({ pid }) => pid).join(',')}\` says what it is`,
      details: { holders: found.holders },
    },
  );
}

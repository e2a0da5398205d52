// Whether SQLite can work on a target as it lies there now.

import type { Execution } from './execution.ts';

export async function isReadable(execution: Execution, target: string): Promise<boolean> {
  const { condition } = await execution.sessions.facts(target);
  return condition === 'ok' || condition === 'needs-recovery';
}

// What a rollback came to, in one sentence on the data.

import type { RollbackDecision } from '../journal/index.ts';

export function describe(
  decisions: readonly RollbackDecision[],
  outcome: 'nothing' | 'done' | 'stopped' | 'failed',
): string {
  const changed = decisions.filter(({ how }) => how !== 'nothing');
  switch (outcome) {
    case 'nothing':
      return 'nothing of this run was committed; the targets are as before';
    case 'done':
      return changed.length === 0
        ? 'the targets are as before'
        : changed
            .map(({ target, how, backup }) =>
              how === 'rows'
                ? `\`${target}\` is as before: what the run wrote was taken back, row by row`
                : `\`${target}\` is as before: backup \`${backup}\` was restored and proven`,
            )
            .join('; ');
    case 'stopped':
      return decisions
        .filter(({ how }) => how === 'stop')
        .map(({ target, why, backup }) => {
          const before = backup === undefined ? '' : `; the state before is backup \`${backup}\``;
          return `\`${target}\` is as the run left it, because ${why}${before}`;
        })
        .join('; ');
    case 'failed':
      return `the rollback of ${changed.map(({ target }) => `\`${target}\``).join(', ')} did not finish`;
  }
}

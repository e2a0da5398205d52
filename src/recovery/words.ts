// What a rollback came to, in one sentence on the data.

import type { RollbackDecision } from '../journal/index.ts';

/** `kept`: the copy of what a restore took away, by target. */
export function describe(
  decisions: readonly RollbackDecision[],
  outcome: 'nothing' | 'done' | 'stopped' | 'failed',
  kept: ReadonlyMap<string, string> = new Map(),
): string {
  const changed = decisions.filter(({ how }) => how !== 'nothing');
  switch (outcome) {
    case 'nothing':
      return 'nothing of this run was committed; the targets are as before';
    case 'done':
      return changed.length === 0
        ? 'the targets are as before'
        : changed
            .map((decision) => `\`${decision.target}\` is as before: ${doneWords(decision, kept)}`)
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

function doneWords(decision: RollbackDecision, kept: ReadonlyMap<string, string>): string {
  const { how, backup, folder } = decision;
  if (how === 'rows') return 'what the run wrote was taken back, row by row';
  if (how === 'restore') return `backup \`${backup}\` was restored and proven${lossWords(decision, kept)}`;
  return folder === undefined ? 'no file is there' : 'its files were moved back, byte for byte';
}

/** No write of others is lost without a word. */
function lossWords({ target, foreignWrites }: RollbackDecision, kept: ReadonlyMap<string, string>): string {
  if (foreignWrites === undefined) return '';
  const who = foreignWrites === 'proven' ? 'others have written' : 'others may have written';
  const copy = kept.get(target);
  return copy === undefined
    ? `; ${who} to it since, which is lost`
    : `; ${who} to it since: what it held then is backup \`${copy}\``;
}

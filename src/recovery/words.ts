// What a rollback came to, in one sentence on the data.

import type { RollbackDecision } from '../journal/index.ts';

/** Nothing of it goes back. */
export function isIdle({ how, settings }: RollbackDecision): boolean {
  return how === 'nothing' && settings === undefined;
}

/**
 * `kept`: the copy of what a restore took away, by target; `accepted`: the step that nothing is put back beyond;
 * `isTouched`: a program of the run may have changed what it did not declare.
 */
export function describe(
  decisions: readonly RollbackDecision[],
  outcome: 'nothing' | 'done' | 'stopped' | 'failed',
  kept: ReadonlyMap<string, string> = new Map(),
  accepted?: string,
  isTouched = false,
): string {
  const changed = decisions.filter(({ how }) => how !== 'nothing');
  const then = accepted === undefined ? 'before' : `it was when step \`${accepted}\` was accepted`;
  switch (outcome) {
    case 'nothing':
      return isTouched
        ? 'no transaction of this run was committed'
        : 'nothing of this run was committed; the targets are as before';
    case 'done':
      if (isTouched && changed.length === 0 && accepted === undefined)
        return 'no transaction of this run is left';
      return changed.length === 0
        ? accepted === undefined
          ? `${decisions.some(({ settings }) => settings !== undefined) ? 'the content of the targets is' : 'the targets are'} as before`
          : 'nothing after that is left'
        : changed
            .map((decision) => `\`${decision.target}\` is as ${then}: ${doneWords(decision, kept)}`)
            .join('; ');
    case 'stopped':
      return [...changed]
        .sort((a, b) => Number(b.how === 'stop') - Number(a.how === 'stop'))
        .map(({ how, target, why, backup }) => {
          const before = backup === undefined ? '' : `; the state before is backup \`${backup}\``;
          // All targets or none: one that could have been put back was not.
          return how === 'stop'
            ? `\`${target}\` is as the run left it, because ${why}${before}`
            : `\`${target}\` is as the run left it too${before}`;
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

// The policy of an environment: what was refused there and goes through now.

import { type Change, type ChangeCategory, change } from './change.ts';
import { isSame, normalValue } from './normal-value.ts';
import { show, showAll } from './show.ts';
import type { Written } from './side.ts';
import { opensMore } from './window-times.ts';

export interface PolicyPair {
  readonly environment: string;
  readonly old: Written;
  readonly now: Written;
  readonly where: (key: string) => Pick<Change, 'old' | 'new'>;
}

interface Rule {
  readonly category: ChangeCategory;
  /** True: the new value refuses less; false: more; undefined: others. */
  readonly isWeaker: (old: unknown, now: unknown) => boolean | undefined;
  readonly means: string;
  /** What it means when nobody can say whether it is weaker. */
  readonly otherwise?: string;
}

const flag = (old: unknown, now: unknown) => ((old === true) === (now === true) ? undefined : now !== true);
const profiles = [undefined, 'basic', 'safety', 'production'];

const rules: Readonly<Record<string, Rule>> = {
  approvalFor: {
    category: 'gate',
    isWeaker: (old, now) => isSubset(old, now),
    means: 'such steps no longer need other people',
  },
  minApprovals: {
    category: 'gate',
    isWeaker: (old, now) => Number(now ?? 0) < Number(old ?? 0),
    means: 'fewer people are enough',
  },
  noYes: { category: 'gate', isWeaker: flag, means: '`--yes` and `--confirm` answer gates there' },
  noBackupNone: { category: 'backup', isWeaker: flag, means: 'targets without a backup are taken' },
  noDiscardForeignWrites: { category: 'target', isWeaker: flag, means: 'what others wrote may be discarded' },
  requirePlan: {
    category: 'precondition',
    isWeaker: flag,
    means: 'what runs need not have been reviewed as a plan',
  },
  requireCommitted: {
    category: 'precondition',
    isWeaker: flag,
    means: 'files that nobody has committed run there',
  },
  lint: {
    category: 'precondition',
    isWeaker: (old, now) => profiles.indexOf(now as string) < profiles.indexOf(old as string),
    means: 'runbooks with findings run there',
  },
  windows: {
    category: 'precondition',
    isWeaker: (old, now) => opensMore(old, now),
    means: 'runs start at times at which they were refused',
    otherwise: 'runs start at other times, in another zone',
  },
};

export function comparePolicy({ environment, old, now, where }: PolicyPair): Change[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key) => {
    const [from, to] = [sorted(old[key]), sorted(now[key])];
    if (isSame(from, to)) return [];
    const rule = rules[key];
    const more = { ...where(key), ...(rule === undefined ? {} : { category: rule.category }) };
    const name = `\`policy.${key}\` of environment ${show(environment)}`;
    const went =
      now[key] === undefined
        ? `${name} (${show(old[key])}) was removed`
        : `${name} went from ${show(old[key])} to ${show(now[key])}`;
    const isWeaker = rule?.isWeaker(old[key], now[key]);
    // Neither takes what the other refuses.
    if (isWeaker === false && rule?.isWeaker(now[key], old[key]) === false) return [];
    if (isWeaker === true)
      return [change('policy-weakened', 'danger', `${went}: ${rule?.means ?? ''}`, more)];
    if (isWeaker === false) return [change('policy-strengthened', 'info', went, more)];
    return [
      change('policy-weakened', 'caution', `${went}: ${rule?.otherwise ?? 'other runs are refused'}`, more),
    ];
  });
}

/** `approvalFor: [a, b]` is a set. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
    ? [...value].sort()
    : normalValue(value);
}

function isSubset(old: unknown, now: unknown): boolean {
  const [before, after] = [old, now].map((value) => (Array.isArray(value) ? value.map(String) : []));
  return (before ?? []).some((each) => !(after ?? []).includes(each));
}

/** What an environment that goes takes along. */
export function policyWords(policy: Written): string {
  const keys = Object.keys(policy);
  return keys.length === 0 ? '' : ` with its policy (${showAll(keys)})`;
}

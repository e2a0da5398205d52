// Retention: what a changed `keep` lets go. Counts of backups that would go are upper bounds; how many there are, only the
// store knows.

import { formatCount, formatDuration, parseDuration } from '../../base/index.ts';
import type { Place } from '../../diagnostic/index.ts';
import { type Change, change } from './change.ts';
import { isSame, normalValue } from './normal-value.ts';
import { show } from './show.ts';
import { record, type Written } from './side.ts';

export interface KeepPair {
  readonly old: unknown;
  readonly now: unknown;
  /** `` of `backup` ``, as it stands in the sentence. */
  readonly of: string;
  /** The value that applies when nobody says otherwise, for an expression that names a param. */
  readonly resolved: (value: unknown, side: 'old' | 'now') => unknown;
  readonly where: { readonly old?: Place; readonly new?: Place; readonly step?: string };
}

const rules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within'] as const;

export function compareKeep(pair: KeepPair): Change[] {
  const { of, where } = pair;
  if (pair.old === undefined && pair.now === undefined) return [];
  if (pair.old === undefined || pair.old === null)
    return [
      change(
        'retention-lowered',
        'danger',
        `\`keep\`${of} is now ${show(pair.now)}: there was none, and what it does not name goes at the next expiry`,
        where,
      ),
    ];
  if (pair.now === undefined || pair.now === null)
    return [
      change('retention-raised', 'info', `\`keep\`${of} was removed: no backup goes by it any more`, where),
    ];
  const [old, now] = [record(pair.old), record(pair.now)];
  return rules.flatMap((rule) => compareRule(rule, old, now, pair));
}

function compareRule(rule: (typeof rules)[number], old: Written, now: Written, pair: KeepPair): Change[] {
  if (isSame(normalValue(old[rule]), normalValue(now[rule]))) return [];
  const { of, where, resolved } = pair;
  const [before, after] = [resolved(old[rule], 'old'), resolved(now[rule], 'now')];
  const [from, to] = [amountOf(before), amountOf(after)];
  const name = `\`keep.${rule}\`${of}`;
  const went = `${name} went from ${show(old[rule])} to ${show(now[rule])}`;
  if (from === undefined || to === undefined)
    return [change('retention-changed', 'caution', `${went}: what stays is decided by the run`, where)];
  if (to === from)
    return /^\d/.test(String(now[rule]))
      ? []
      : [change('retention-changed', 'caution', `${went}: whoever starts the run now chooses it`, where)];
  if (to > from) return [change('retention-raised', 'info', went, where)];
  const lost =
    rule === 'within'
      ? to === 0
        ? 'backups that only it kept would go at the next expiry'
        : `backups older than ${formatDuration(to)} would go at the next expiry, unless another rule keeps them`
      : `up to ${formatCount(from - to, 'backup')} would go at the next expiry${Object.keys(now).length > 1 ? ', unless another rule keeps them' : ''}`;
  const said = now[rule] === undefined ? `${name} (${show(old[rule])}) was removed` : went;
  return [change('retention-lowered', 'danger', `${said}: ${lost}`, where)];
}

/** Backups, or milliseconds of `within`; nothing keeps nothing. */
function amountOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

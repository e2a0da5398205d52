// What happens when a step fails or hangs: retry, timeout, onFailure, and how it is taken back. What both sides leave to
// `defaults` is said there, once for all steps.

import { formatCount, formatDuration } from '../../base/index.ts';
import type { Retry, Step } from '../../runbook/index.ts';
import { type Change, change } from './change.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { show } from './show.ts';
import { record, type StepView } from './side.ts';
import type { StepPair } from './step-pair.ts';
import { isCheck } from './step-words.ts';

export function compareFailure(pair: StepPair): Change[] {
  const { old, now } = pair;
  const isLeftToDefaults = (key: string) => !(key in old.written) && !(key in now.written);
  return [
    ...(isLeftToDefaults('onFailure') ? [] : compareOnFailure(old, now)),
    ...(isLeftToDefaults('retry') ? [] : compareRetries(old, now)),
    ...(isLeftToDefaults('timeout') ? [] : compareTimeouts(old, now)),
    ...compareRollback(pair),
  ];
}

const strictness = { continue: 0, abort: 1, rollback: 2 } as const;

function compareOnFailure(old: StepView, now: StepView): Change[] {
  const [from, to] = [old.compiled.onFailure, now.compiled.onFailure];
  if (from === to) return [];
  const where = { step: now.id, old: old.place('onFailure'), new: now.place('onFailure') };
  const went = `\`onFailure\` of ${show(now.id)} went from \`${from}\` to \`${to}\``;
  if (strictness[to] > strictness[from])
    return [change('rollback-strengthened', 'info', `${went}: ${onFailureWords[to]}`, where)];
  if (isCheck(now) && to === 'continue')
    return [
      change(
        'check-weakened',
        'danger',
        `${went}: the run goes on although it says no, and ends with warnings`,
        where,
      ),
    ];
  return [change('rollback-weakened', 'danger', `${went}: ${onFailureWords[to]}`, where)];
}

export const onFailureWords: Readonly<Record<Step['onFailure'], string>> = {
  continue: 'after a failure the run goes on, and nothing is put back',
  abort: 'after a failure the changes stay, and the run stops there',
  rollback: 'after a failure everything is put back',
};

function compareRetries(old: StepView, now: StepView): Change[] {
  const [from, to] = [old.compiled.retry, now.compiled.retry];
  if (isSame(from, to)) return [];
  const where = { step: now.id, old: old.place('retry'), new: now.place('retry') };
  const [before, after] = [from?.limit ?? 0, to?.limit ?? 0];
  const went = `\`retry\` of ${show(now.id)} went from ${retryWords(from)} to ${retryWords(to)}`;
  if (after > before && isUnsafeToRepeat(now))
    return [
      change(
        'retry-unsafe',
        'danger',
        `${went}: ${show(now.compiled.action)} is not idempotent, and what a failed attempt did is done again`,
        where,
      ),
    ];
  if (after === 0)
    return [change('retry-changed', 'caution', `${went}: the first failure is now final`, where)];
  return [change('retry-changed', 'info', went, where)];
}

export function isUnsafeToRepeat({ action, compiled }: StepView): boolean {
  return action !== undefined && !action.isIdempotent && compiled.effect !== 'read';
}

export function retryWords(retry: Retry | undefined): string {
  if (retry === undefined || retry.limit === 0) return 'none';
  const grows = retry.backoff === 1 ? '' : `, each wait ${retry.backoff} times the last`;
  const most = retry.maxIntervalMs === undefined ? '' : `, at most ${formatDuration(retry.maxIntervalMs)}`;
  return `${formatCount(retry.limit, 'retry', 'retries')} after ${formatDuration(retry.intervalMs)}${grows}${most}`;
}

function compareTimeouts(old: StepView, now: StepView): Change[] {
  const where = { step: now.id, old: old.place('timeout'), new: now.place('timeout') };
  return compareLimits(old.compiled.timeoutMs, now.compiled.timeoutMs, {
    what: `\`timeout\` of ${show(now.id)}`,
    whenGone: 'an attempt may hang for ever, with its targets held',
    isGrave: now.compiled.effect === 'external',
    where,
  });
}

interface Limit {
  readonly what: string;
  readonly whenGone: string;
  readonly isGrave: boolean;
  readonly where: Parameters<typeof change>[3];
}

export function compareLimits(from: number | undefined, to: number | undefined, limit: Limit): Change[] {
  const { what, whenGone, isGrave, where } = limit;
  if (from === to) return [];
  if (from === undefined)
    return [
      change('timeout-changed', 'info', `${what} is now ${formatDuration(to ?? 0)}; there was none`, where),
    ];
  if (to === undefined)
    return [
      change(
        'timeout-removed',
        isGrave ? 'danger' : 'caution',
        `${what} (${formatDuration(from)}) was removed: ${whenGone}`,
        where,
      ),
    ];
  const went = `${what} went from ${formatDuration(from)} to ${formatDuration(to)}`;
  return to > from
    ? [change('timeout-changed', 'info', went, where)]
    : [
        change(
          'timeout-changed',
          'caution',
          `${went}: what takes longer is now stopped, and counts as a failure`,
          where,
        ),
      ];
}

function compareRollback({ old, now, renames }: StepPair): Change[] {
  const where = { step: now.id, old: old.place('rollback'), new: now.place('rollback') };
  const [before, after] = [old.compiled.rollback, now.compiled.rollback];
  const id = show(now.id);
  if (after?.kind === 'none') {
    if (before?.kind !== 'none')
      return [
        change(
          'rollback-weakened',
          'danger',
          `${id} is now a point of no return (${show(after.reason)}): once it has run, nothing takes it back`,
          where,
        ),
      ];
    return before.reason === after.reason
      ? []
      : [
          change(
            'words-changed',
            'info',
            `the reason why nothing takes ${id} back is now ${show(after.reason)}`,
            where,
          ),
        ];
  }
  if (before?.kind === 'none')
    return [change('rollback-strengthened', 'info', `${id} is no longer a point of no return`, where)];
  const [from, to] = [written(old, renames), written(now)];
  if (isSame(from, to)) return [];
  if (after === undefined)
    return [
      change(
        'rollback-weakened',
        'danger',
        `the undo of ${id} (${show(before?.action)}) was removed: after a failure its outside effect stays`,
        where,
      ),
    ];
  if (before === undefined)
    return [
      change('rollback-strengthened', 'info', `${id} is now taken back by ${show(after.action)}`, where),
    ];
  return [change('rollback-changed', 'caution', `the undo of ${id} changed: it is now ${show(to)}`, where)];
}

function written({ written: step }: StepView, renames: ReadonlyMap<string, string> = new Map()): unknown {
  const { rollback } = step;
  return rollback === 'auto'
    ? undefined
    : renamed(normalValue(typeof rollback === 'object' ? record(rollback) : rollback), renames);
}

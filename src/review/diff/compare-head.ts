// What stands around the steps: name, words, the time limit of the run, defaults, outputs.

import { formatCount, parseDuration } from '../../base/index.ts';
import { type Change, change } from './change.ts';
import { compareLimits, onFailureWords } from './compare-failure.ts';
import { compareOutputMaps } from './compare-step-parts.ts';
import type { MatchedSteps } from './match-steps.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { show } from './show.ts';
import { type RunbookSide, record, type StepView } from './side.ts';
import { acts } from './step-words.ts';

export function compareHead(old: RunbookSide, now: RunbookSide, { renames, pairs }: MatchedSteps): Change[] {
  const where = (key: string) => ({ old: old.document.keyPlace([key]), new: now.document.keyPlace([key]) });
  const found: Change[] = [];
  if (old.runbook.name !== now.runbook.name)
    found.push(
      change(
        'runbook-renamed',
        'caution',
        `the runbook is now called ${show(now.runbook.name)}, before ${show(old.runbook.name)}: schedules and people that name it find nothing`,
        where('name'),
      ),
    );
  if (writtenTitle(old) !== writtenTitle(now))
    found.push(
      change('words-changed', 'info', `the title is now ${show(now.runbook.title)}`, where('title')),
    );
  if (old.runbook.description !== now.runbook.description)
    found.push(change('words-changed', 'info', 'the description changed', where('description')));
  for (const key of ['labels', 'links'] as const)
    if (!isSame(normalValue(old.runbook[key]), normalValue(now.runbook[key])))
      found.push(change('words-changed', 'info', `\`${key}\` is now ${show(now.runbook[key])}`, where(key)));
  found.push(
    ...compareLimits(old.runbook.timeoutMs, now.runbook.timeoutMs, {
      what: '`timeout` of the whole run',
      whenGone: 'it may go on for ever, with its targets held',
      isGrave: false,
      where: where('timeout'),
    }),
    ...compareDefaults(old, now, pairs),
    ...compareOutputMaps(
      record(renamed(normalValue(old.written.outputs), renames)),
      record(normalValue(now.written.outputs)),
      { of: ' of the runbook', where: where('outputs') },
    ),
  );
  return found;
}

function writtenTitle({ written }: RunbookSide): unknown {
  return written.title;
}

const strictness = { abort: 0, rollback: 1 } as const;

/** Said once for all steps that leave it to the defaults. */
function compareDefaults(old: RunbookSide, now: RunbookSide, pairs: MatchedSteps['pairs']): Change[] {
  const [from, to] = [record(old.written.defaults), record(now.written.defaults)];
  const where = (key: string) => ({
    category: 'defaults' as const,
    old: old.document.keyPlace(['defaults', key]),
    new: now.document.keyPlace(['defaults', key]),
  });
  // A step that says it itself, before or now, is told of itself.
  const leftTo = (key: 'onFailure' | 'retry' | 'timeout') =>
    pairs
      .filter((pair) => !(key in pair.old.written) && !(key in pair.now.written))
      .filter((pair) => !isSame(effective(pair.old, key), effective(pair.now, key)))
      .map((pair) => pair.now);
  const users = (key: 'onFailure' | 'retry' | 'timeout') => formatCount(leftTo(key).length, 'step');
  const found: Change[] = [];
  const [before, after] = [readFailure(from.onFailure), readFailure(to.onFailure)];
  if (before !== after && leftTo('onFailure').length > 0)
    found.push(
      strictness[after] < strictness[before]
        ? change(
            'rollback-weakened',
            'danger',
            `\`defaults.onFailure\` went from \`${before}\` to \`${after}\`, for ${users('onFailure')}: ${onFailureWords[after]}`,
            where('onFailure'),
          )
        : change(
            'rollback-strengthened',
            'info',
            `\`defaults.onFailure\` went from \`${before}\` to \`${after}\`, for ${users('onFailure')}`,
            where('onFailure'),
          ),
    );
  if (leftTo('timeout').length > 0)
    found.push(
      ...compareLimits(parseDuration(String(from.timeout)), parseDuration(String(to.timeout)), {
        what: `\`defaults.timeout\`, for ${users('timeout')},`,
        whenGone: 'an attempt may hang for ever, with its targets held',
        isGrave: false,
        where: where('timeout'),
      }),
    );
  if (leftTo('retry').length > 0) {
    const unsafe = leftTo('retry').filter((step) => acts(step) && step.action?.isIdempotent === false);
    const isMore = Number(record(to.retry).limit ?? 0) > Number(record(from.retry).limit ?? 0);
    const went = `\`defaults.retry\` went from ${show(from.retry ?? 'none')} to ${show(to.retry ?? 'none')}, for ${users('retry')}`;
    found.push(
      isMore && unsafe.length > 0
        ? change(
            'retry-unsafe',
            'danger',
            `${went}: ${formatCount(unsafe.length, 'of them is', 'of them are')} not idempotent, and what a failed attempt did is done again`,
            where('retry'),
          )
        : change('retry-changed', 'caution', went, where('retry')),
    );
  }
  return found;
}

function effective({ compiled }: StepView, key: 'onFailure' | 'retry' | 'timeout'): unknown {
  return compiled[key === 'timeout' ? 'timeoutMs' : key];
}

function readFailure(value: unknown): 'abort' | 'rollback' {
  return value === 'abort' ? 'abort' : 'rollback';
}

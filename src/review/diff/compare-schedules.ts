// Schedules: what runs by itself now, no longer, or at another time.

import { type Change, change } from './change.ts';
import { isSame, normalValue } from './normal-value.ts';
import type { ProjectSide } from './project-side.ts';
import { show } from './show.ts';
import { list, record, type Written } from './side.ts';

interface Entry {
  readonly written: Written;
  readonly index: number;
}

export function compareSchedules(old: ProjectSide, now: ProjectSide): Change[] {
  const [before, after] = [entriesOf(old), entriesOf(now)];
  const gone = before.filter(
    (entry) => !after.some((other) => isSame(normalValue(entry.written), normalValue(other.written))),
  );
  const come = after.filter(
    (entry) => !before.some((other) => isSame(normalValue(entry.written), normalValue(other.written))),
  );
  const left = [...gone];
  const found: Change[] = [];
  for (const entry of come) {
    const at = nearest(entry, left);
    const [counterpart] = at < 0 ? [] : left.splice(at, 1);
    found.push(
      ...(counterpart === undefined ? [addedOf(entry, now)] : changedOf(counterpart, entry, old, now)),
    );
  }
  for (const entry of left)
    found.push(
      change(
        'schedule-removed',
        'caution',
        `${called(entry)} is no longer scheduled (${show(entry.written.cron)}): it does not run by itself any more, and nobody is told`,
        {
          old: placeOf(entry, old),
        },
      ),
    );
  return found;
}

function entriesOf({ written }: ProjectSide): Entry[] {
  return list(written.schedules).map((each, index) => ({ written: record(each), index }));
}

/** The entry of the same runbook that says most of the same. */
function nearest(entry: Entry, candidates: readonly Entry[]): number {
  const score = (other: Entry) =>
    other.written.runbook !== entry.written.runbook
      ? -1
      : ['env', 'params', 'cron', 'timezone'].filter((key) =>
          isSame(normalValue(other.written[key]), normalValue(entry.written[key])),
        ).length;
  const scores = candidates.map(score);
  const best = Math.max(-1, ...scores);
  return best < 0 ? -1 : scores.indexOf(best);
}

function addedOf(entry: Entry, now: ProjectSide): Change {
  const env = entry.written.env === undefined ? '' : ` in ${show(entry.written.env)}`;
  return change(
    'schedule-added',
    'caution',
    `${called(entry)} is now scheduled at ${show(entry.written.cron)}${env}: it runs without anybody starting it`,
    {
      new: placeOf(entry, now),
    },
  );
}

function changedOf(from: Entry, to: Entry, old: ProjectSide, now: ProjectSide): Change[] {
  return (['cron', 'timezone', 'env', 'params'] as const).flatMap((key) => {
    if (isSame(normalValue(from.written[key]), normalValue(to.written[key]))) return [];
    const level = key === 'cron' || key === 'timezone' ? 'caution' : 'danger';
    return [
      change(
        'schedule-changed',
        level,
        `\`${key}\` of the schedule of ${show(to.written.runbook)} went from ${show(from.written[key])} to ${show(to.written[key])}${key === 'env' ? ': other params and another policy apply' : ''}`,
        {
          old: old.document.keyPlace(['schedules', from.index, key]),
          new: now.document.keyPlace(['schedules', to.index, key]),
        },
      ),
    ];
  });
}

function called({ written }: Entry): string {
  return `runbook ${show(written.runbook)}`;
}

function placeOf({ index }: Entry, { document }: ProjectSide) {
  return document.place(['schedules', index]);
}

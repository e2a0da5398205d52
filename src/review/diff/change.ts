// What a reviewer is told about one difference: how bad, of which kind, where before and where now. Plain values.

import type { Code, Finding, Place } from '../../diagnostic/index.ts';

export type ChangeLevel = 'danger' | 'caution' | 'info';

export const categories = [
  'gate',
  'precondition',
  'backup',
  'rollback',
  'effect',
  'sql',
  'target',
  'params',
  'defaults',
  'retention',
  'retry',
  'timeout',
  'schedule',
  'words',
] as const;

export type ChangeCategory = (typeof categories)[number];
export type ChangeCode = Extract<Code, `diff/${string}`>;

export interface Change {
  readonly code: ChangeCode;
  readonly category: ChangeCategory;
  readonly level: ChangeLevel;
  /** `what changed: what it means for a run`, lower case, names in backticks. */
  readonly message: string;
  /** Absent when it was not there. */
  readonly old?: Place;
  /** Absent when it is no longer there. */
  readonly new?: Place;
  readonly fix?: string;
  readonly runbook?: string;
  readonly step?: string;
}

/** The category that a code has unless a change says otherwise. */
const categoryOf: Readonly<Record<ChangeCode, ChangeCategory>> = {
  'diff/action-changed': 'effect',
  'diff/approvers-changed': 'gate',
  'diff/backup-changed': 'backup',
  'diff/backup-strengthened': 'backup',
  'diff/backup-weakened': 'backup',
  'diff/bound-lowered': 'effect',
  'diff/bound-raised': 'effect',
  'diff/check-added': 'precondition',
  'diff/check-changed': 'precondition',
  'diff/check-removed': 'precondition',
  'diff/check-strengthened': 'precondition',
  'diff/check-weakened': 'precondition',
  'diff/condition-changed': 'effect',
  'diff/default-changed': 'defaults',
  'diff/does-not-compile': 'effect',
  'diff/gate-added': 'gate',
  'diff/gate-changed': 'gate',
  'diff/gate-removed': 'gate',
  'diff/gate-strengthened': 'gate',
  'diff/gate-weakened': 'gate',
  'diff/input-changed': 'effect',
  'diff/loop-changed': 'effect',
  'diff/outputs-changed': 'effect',
  'diff/param-added': 'params',
  'diff/param-changed': 'params',
  'diff/param-removed': 'params',
  'diff/policy-strengthened': 'gate',
  'diff/policy-weakened': 'gate',
  'diff/program-changed': 'effect',
  'diff/project-changed': 'effect',
  'diff/retention-changed': 'retention',
  'diff/retention-lowered': 'retention',
  'diff/retention-raised': 'retention',
  'diff/retry-changed': 'retry',
  'diff/retry-unsafe': 'retry',
  'diff/rollback-changed': 'rollback',
  'diff/rollback-strengthened': 'rollback',
  'diff/rollback-weakened': 'rollback',
  'diff/runbook-added': 'effect',
  'diff/runbook-removed': 'effect',
  'diff/runbook-renamed': 'words',
  'diff/schedule-added': 'schedule',
  'diff/schedule-changed': 'schedule',
  'diff/schedule-removed': 'schedule',
  'diff/secret-changed': 'params',
  'diff/sql-changed': 'sql',
  'diff/sql-unbounded': 'sql',
  'diff/step-added': 'effect',
  'diff/step-moved': 'effect',
  'diff/step-removed': 'effect',
  'diff/step-renamed': 'words',
  'diff/stub-changed': 'effect',
  'diff/target-added': 'target',
  'diff/target-changed': 'target',
  'diff/target-removed': 'target',
  'diff/target-unprotected': 'target',
  'diff/timeout-changed': 'timeout',
  'diff/timeout-removed': 'timeout',
  'diff/unreadable': 'effect',
  'diff/value-changed': 'params',
  'diff/words-changed': 'words',
};

export type ChangeKind = ChangeCode extends `diff/${infer Kind}` ? Kind : never;

/** A change; its category is that of its kind unless `more` says otherwise. */
export function change(
  kind: ChangeKind,
  level: ChangeLevel,
  message: string,
  more: Partial<Omit<Change, 'code' | 'level' | 'message'>> = {},
): Change {
  const code: ChangeCode = `diff/${kind}`;
  return { code, category: categoryOf[code], level, message, ...more };
}

const levels = ['danger', 'caution', 'info'] as const;
const findingLevels = { danger: 'error', caution: 'warning', info: 'info' } as const;

/** As annotations and reports show it: at its new place, else at its old one. */
export function changeToFinding(change: Change): Finding {
  const place = change.new ?? change.old;
  return {
    code: change.code,
    level: findingLevels[change.level],
    message: change.message,
    ...(place === undefined ? {} : { place }),
    ...(change.fix === undefined ? {} : { fix: change.fix }),
  };
}

/** By file, the worst first, then by line: the order in which changes are shown. */
export function compareChanges(a: Change, b: Change): number {
  const [x, y] = [a.new ?? a.old, b.new ?? b.old];
  const [fileX, fileY] = [x?.file ?? '', y?.file ?? ''];
  return (
    (fileX < fileY ? -1 : fileX > fileY ? 1 : 0) ||
    levels.indexOf(a.level) - levels.indexOf(b.level) ||
    (x?.line ?? 0) - (y?.line ?? 0) ||
    (x?.column ?? 0) - (y?.column ?? 0) ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) ||
    (a.message < b.message ? -1 : a.message > b.message ? 1 : 0)
  );
}

/** True when any change is as bad as `level`, or worse. */
export function reaches(changes: readonly Change[], level: 'danger' | 'caution'): boolean {
  return changes.some((change) => levels.indexOf(change.level) <= levels.indexOf(level));
}

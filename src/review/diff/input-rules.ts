// Inputs of actions that are more than a value: bounds, checks, what is taken along. One line per input says which way
// is weaker; every input that is not here is told as it is.

import { isRecord, parseDuration, parseSize } from '../../base/index.ts';
import type { ChangeCategory, ChangeKind, ChangeLevel } from './change.ts';

export interface Verdict {
  readonly kind: ChangeKind;
  readonly level: ChangeLevel;
  /** What it means, after the colon; empty when the values say it. */
  readonly words: string;
  readonly category?: ChangeCategory;
}

/** Undefined: neither weaker nor stronger can be read off. `same`: nothing means just that. */
export type InputRule = (old: unknown, now: unknown) => Verdict | 'same' | undefined;

/** A number that must not be passed; nothing means `absent`. */
function ceiling(words: string, absent = Number.POSITIVE_INFINITY): InputRule {
  return (old, now) => byNumber(old, now, absent, (from, to) => (to > from ? raised(words) : lowered()));
}

/** A number that must be reached; nothing means `absent`. */
function floor(words: string, absent = 0): InputRule {
  return (old, now) => byNumber(old, now, absent, (from, to) => (to < from ? raised(words) : lowered()));
}

function checkFloor(words: string, absent = 0): InputRule {
  return (old, now) => byNumber(old, now, absent, (from, to) => (to < from ? weaker(words) : stronger()));
}

/** One of two, the weaker first; nothing means `absent`. */
function ladder(
  steps: readonly [unknown, unknown],
  absent: unknown,
  words: string,
  isWeaker: (words: string) => Verdict = weaker,
): InputRule {
  return (old, now) => {
    const [from, to] = [steps.indexOf(old ?? absent), steps.indexOf(now ?? absent)];
    if (from < 0 || to < 0) return undefined;
    return to < from ? isWeaker(words) : to > from ? stronger() : 'same';
  };
}

/** A set in which every name guards something. */
function guards(words: string, gone: Verdict = weaker('')): InputRule {
  return (old, now) => {
    if (!isNames(old ?? []) || !isNames(now ?? [])) return undefined;
    const [from, to] = [(old ?? []) as unknown[], (now ?? []) as unknown[]];
    if (from.some((each) => !to.includes(each))) return { ...gone, words };
    return to.length > from.length
      ? { ...stronger(), ...(gone.category ? { category: gone.category } : {}) }
      : undefined;
  };
}

/** Exit codes and the like: every further one lets more through. */
function passes(words: string, absent: readonly unknown[]): InputRule {
  return (old, now) => {
    if (!isNames(old ?? absent) || !isNames(now ?? absent)) return undefined;
    const [from, to] = [(old ?? absent) as unknown[], (now ?? absent) as unknown[]];
    if (to.some((each) => !from.includes(each))) return weaker(words);
    return from.some((each) => !to.includes(each)) ? stronger() : undefined;
  };
}

/** Weaker when it is gone. */
function needed(words: string, gone: Verdict): InputRule {
  return (old, now) =>
    now === undefined || now === null
      ? { ...gone, words }
      : old === undefined || old === null
        ? {
            ...stronger(),
            kind: gone.kind === 'rollback-weakened' ? 'rollback-strengthened' : 'check-strengthened',
          }
        : undefined;
}

function always(kind: ChangeKind, level: ChangeLevel, words = '', category?: ChangeCategory): InputRule {
  return () => ({ kind, level, words, ...(category === undefined ? {} : { category }) });
}

const weaker = (words: string): Verdict => ({ kind: 'check-weakened', level: 'danger', words });
const stronger = (): Verdict => ({ kind: 'check-strengthened', level: 'info', words: '' });
const raised = (words: string): Verdict => ({ kind: 'bound-raised', level: 'danger', words });
const lowered = (): Verdict => ({ kind: 'bound-lowered', level: 'info', words: '' });
const program = always('program-changed', 'caution', 'Belay cannot look into it');

function byNumber(
  old: unknown,
  now: unknown,
  absent: number,
  judge: (from: number, to: number) => Verdict,
): ReturnType<InputRule> {
  const [from, to] = [numberOf(old, absent), numberOf(now, absent)];
  if (from === undefined || to === undefined) return undefined;
  return from === to ? 'same' : judge(from, to);
}

function numberOf(value: unknown, absent: number): number | undefined {
  if (value === undefined || value === null) return absent;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? (parseDuration(value) ?? parseSize(value)) : undefined;
}

function isNames(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every((each) => !isRecord(each) && !String(each).includes('${{'));
}

const moreRows = 'more rows may go before the run refuses';
const fewerProblems = 'damage that it found before goes unseen';

/** By `action key`; a dot leads into a mapping. */
export const inputRules: Readonly<Record<string, InputRule>> = {
  'sqlite.check mode': ladder(['quick', 'integrity'], 'quick', fewerProblems),
  'sqlite.check foreignKeys': ladder([false, true], false, 'keys that point nowhere are no longer found'),
  'sqlite.check tables': guards('tables that are missing are no longer noticed'),
  'sqlite.check fail': ladder([false, true], true, 'problems no longer make it fail'),
  'http.check status': (old, now) =>
    Array.isArray(old) && Array.isArray(now)
      ? passes('answers that were failures are good enough', [])(old, now)
      : { kind: 'check-changed', level: 'caution', words: '' },
  'http.check contains': needed('any answer is good enough', weaker('')),
  'http.check url': always('check-changed', 'caution'),
  'disk.check free': checkFloor('the run may begin with less room'),
  'disk.check path': always('check-changed', 'caution'),
  'backup.create verify': ladder(['quick', 'integrity'], 'quick', fewerProblems, (words) => ({
    kind: 'backup-weakened',
    level: 'danger',
    words,
  })),
  'backup.create store': always('backup-changed', 'caution', 'earlier backups are not found there'),
  'backup.create label': always(
    'backup-changed',
    'caution',
    'whoever looks for them by the old label does not find them',
  ),
  'backup.find verify': ladder(['recorded', 'full'], 'recorded', 'a damaged backup may be chosen'),
  'backup.find label': always('input-changed', 'caution', 'another backup may be chosen'),
  'backup.restore backup': always('input-changed', 'danger', 'another content is written over the target'),
  'backup.restore otherDatabase': ladder([true, false], false, 'a backup of another database is accepted'),
  'backup.verify verify': ladder(['quick', 'integrity'], 'quick', fewerProblems),
  'backup.restore from': always('input-changed', 'danger', 'the content is taken from elsewhere'),
  'sqlite.execute changes.max': ceiling('more rows may change before it refuses'),
  'sqlite.execute changes.min': floor('it commits although too few rows changed'),
  'sqlite.prune maxRows': ceiling(moreRows),
  'sqlite.prune maxShare': ceiling(moreRows, 0.5),
  'sqlite.prune cascade': ladder(['declared', 'none'], 'none', 'rows of child tables go too', raised),
  'sqlite.prune children': always('input-changed', 'danger', 'rows of other tables go or stay'),
  'sqlite.prune archive': needed('rows are deleted without being kept anywhere', {
    kind: 'rollback-weakened',
    level: 'danger',
    words: '',
  }),
  'sqlite.prune table': always('input-changed', 'danger', 'rows of another table go'),
  'sqlite.prune column': always('input-changed', 'danger', 'other rows go'),
  'sqlite.prune before': always('input-changed', 'danger', 'other rows go'),
  'sqlite.prune params': always('input-changed', 'danger', 'other rows go'),
  'sqlite.execute names': always('input-changed', 'danger', 'it writes to other tables'),
  'sqlite.prune lockTarget': always('input-changed', 'info', 'other writers wait longer or shorter'),
  'sqlite.migrate direction': always('input-changed', 'danger', 'migrations go the other way'),
  'sqlite.migrate to': always('input-changed', 'caution', 'other migrations are applied or taken back'),
  'sqlite.migrate ledger': always(
    'input-changed',
    'danger',
    'what was applied is read from elsewhere, and may be applied again',
  ),
  'sqlite.importTable mode': always('input-changed', 'danger', 'rows that are there may go'),
  'sqlite.importTable onConflict': always('input-changed', 'caution'),
  'command.run argv': program,
  'command.run shell': program,
  'command.run env': program,
  'command.run cwd': program,
  'command.run exitCodes': passes('failures of the program count as success', [0]),
  'command.run touches': guards('Belay no longer protects what the program writes to', {
    kind: 'target-unprotected',
    level: 'danger',
    words: '',
    category: 'effect',
  }),
  'service.stop unit': program,
  'service.stop command': program,
  'service.stop releases': guards('nobody proves any more that the file is free'),
  'service.start unit': program,
  'service.start command': program,
  'service.start releases': guards('nobody proves any more that the file is free'),
  'file.expire match': always('input-changed', 'danger', 'other files go'),
  'file.expire olderThan': floor('younger files go'),
  'file.expire unless': needed('files that are still needed may go', raised('')),
  'notify.webhook url': always('input-changed', 'caution', 'somebody else is told'),
  'notify.webhook body': always('words-changed', 'info'),
};

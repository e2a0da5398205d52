// A rollback as lines: what is put back and why, from which backup or by which rows, how long each part took, and what
// proves it. The same on a terminal and in a log.

import { formatCount, formatDuration, wrap } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { RollbackDecision, RunEvent } from '../journal/event.ts';
import type { Style } from './style.ts';

const stateWidth = 9;

export interface RollbackLines {
  /** Lines that this event adds; none for an event of something else. */
  note(event: RunEvent, at: string): readonly string[];
}

export function createRollbackLines(style: Style, width: number): RollbackLines {
  let decisions: readonly RollbackDecision[] = [];
  let since = 0;
  const line = (paint: (text: string) => string, word: string, text: string): string[] =>
    wrap(escapeLine(text), Math.max(24, width - stateWidth)).map((each, i) =>
      i === 0 ? `${paint(word.padEnd(stateWidth))}${each}` : `${' '.repeat(stateWidth)}${each}`,
    );
  const took = (at: string): string => {
    const ms = Math.max(0, Date.parse(at) - since);
    since = Date.parse(at);
    return formatDuration(ms);
  };
  return {
    note(event, at) {
      switch (event.type) {
        case 'rollback-started':
          decisions = event.targets;
          since = Date.parse(at);
          return [
            '',
            ...line(
              style.careful,
              'rollback',
              `because ${event.reason.startsWith('step `') ? 'of ' : ''}${event.reason}`,
            ),
            ...decisions.flatMap((each) =>
              each.how === 'nothing' ? [] : line(style.dim, '', `${each.target}: ${plannedWords(each)}`),
            ),
            ...decisions.flatMap(({ target, how, settings = [] }) =>
              settings.length === 0 || how === 'stop'
                ? []
                : line(style.dim, '', `${target}: setting ${settings.join(', ')}`),
            ),
          ];
        case 'quarantined':
          return line(style.dim, 'kept', `${event.target} as the run left it: ${event.path}`);
        case 'undone': {
          const what = event.target ?? `step ${event.step ?? ''}`;
          const rows = event.rows === undefined ? '' : `${formatCount(event.rows, 'row')} taken back, `;
          const word = event.target === undefined ? 'undone' : 'proved';
          return line(style.good, word, `${what}: ${rows}${event.proof}  ${took(at)}`);
        }
        case 'undo-failed':
          return line(
            style.bad,
            'FAILED',
            `${event.target ?? event.step ?? 'rollback'}: ${event.failure.message} [${event.failure.code}]`,
          );
        default:
          return [];
      }
    },
  };
}

function plannedWords({ how, why, backup, folder }: RollbackDecision): string {
  switch (how) {
    case 'rows':
      return 'taking back what the run wrote, row by row';
    case 'restore':
      return `restoring backup ${backup ?? ''} (${why})`;
    case 'files':
      return folder === undefined
        ? 'taking away what the run put there'
        : `moving its files back from ${folder}`;
    case 'stop':
      return `not put back: ${why}`;
    case 'nothing':
      return why;
  }
}

// The first line of every output: how many changes of which kind, and the worst of them in a few words.

import { type Change, type ChangeLevel, categories } from './change.ts';

export type Counts = Readonly<Record<ChangeLevel, number>>;

export function countsOf(changes: readonly Change[]): Counts {
  const count = (level: ChangeLevel) => changes.filter((each) => each.level === level).length;
  return { danger: count('danger'), caution: count('caution'), info: count('info') };
}

const named = 3;
const ofWholeFiles = /\/(?:does-not-compile|unreadable|runbook-added|runbook-removed|project-changed)$/;

export function verdictOf(changes: readonly Change[]): string {
  if (changes.length === 0) return 'nothing changes in what any run does';
  const { danger, caution, info } = countsOf(changes);
  const words = changes.filter(({ level, category }) => level === 'info' && category === 'words').length;
  const counted = [
    ...(danger === 0 ? [] : [`${danger} dangerous ${danger === 1 ? 'change' : 'changes'}`]),
    ...(caution === 0
      ? []
      : [`${caution} ${danger === 0 ? `${caution === 1 ? 'change' : 'changes'} ` : ''}to look at`]),
    ...(info === words ? [] : [`${info - words} to know of`]),
    ...(words === 0 ? [] : [`${words} of words`]),
  ].join(', ');
  const worst = changes.filter(({ level }) => level === (danger > 0 ? 'danger' : 'caution'));
  const order = ({ code, category }: Change) => (ofWholeFiles.test(code) ? -1 : categories.indexOf(category));
  const times = new Map<string, number>();
  for (const head of [...worst].sort((a, b) => order(a) - order(b)).map(headOf))
    times.set(head, (times.get(head) ?? 0) + 1);
  const heads = [...times].map(([head, count]) => (count === 1 ? head : `${head} (${count} times)`));
  if (heads.length === 0) return counted;
  const rest = heads.length - named;
  return `${counted}: ${heads.slice(0, named).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

/** What changed, without what it means: up to the first colon outside of backticks. */
function headOf({ message }: Change): string {
  let isCode = false;
  for (let at = 0; at < message.length; at++) {
    if (message[at] === '`') isCode = !isCode;
    else if (!isCode && message.startsWith(': ', at)) return message.slice(0, at);
  }
  return message;
}

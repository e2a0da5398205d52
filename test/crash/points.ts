// The instants at which a run is killed one after the other, chosen by what is then on disk and not by chance: after each
// event of the journal, at each call on it, and between a changeset, its COMMIT and the record of it.

import { asked, bundled } from './asked.ts';
import type { Random } from './oracle.ts';
import type { Fault } from './shim.ts';
import type { World } from './world.ts';

export interface Point {
  readonly name: string;
  readonly role: 'engine' | 'child';
  readonly fault: Fault;
  readonly on: 'journal' | 'folder';
  readonly at: number;
  readonly isAfter: boolean;
  /** What it stands for in the figures. */
  readonly kind: 'event' | 'journal call' | 'child call' | 'row call';
}

/** Whoever is killed while the engine is at work on its journal. */
const victims: readonly (readonly [string, Fault])[] = [
  ['engine', 'kill'],
  ['child', 'kill-other'],
  ['both', 'kill-both'],
];

/** Whose commits are announced with a changeset: the stretch around them is gone through call by call. */
const byRows = ['execute', 'rows, then failure'];

const recordOf: Readonly<Record<string, string>> = {
  'commit-announced': 'committed',
  'undo-announced': 'undone',
};

export function pointsOf(world: World, random: Random): readonly Point[] {
  const { name } = world.family;
  if (asked.points === 'types') return bundled.includes(name) ? oneOfEachType(world, random) : [];
  const isByRows = byRows.includes(name);
  if (!bundled.includes(name) && !isByRows) return [];
  const events = world.events.flatMap(({ at, type }, i) => afterEvent(`event ${i + 1} (${type})`, at));
  const calls = asked.points === 'calls' ? atJournalCalls(1, world.calls.journal, 'journal call') : [];
  return [...events, ...(isByRows ? aroundCommits(world) : []), ...calls];
}

/** Both modes of the journal share the types between them. */
function oneOfEachType(world: World, random: Random): Point[] {
  const types = [...new Set(world.events.map(({ type }) => type))];
  return types
    .filter((_, i) => i % 2 === (world.mode === 'WAL' ? 0 : 1))
    .flatMap((type, i) => {
      const such = world.events.filter((event) => event.type === type);
      const { at } = such[random(such.length)] ?? { at: 1 };
      return afterEvent(`event (${type})`, at).slice(i % 3, (i % 3) + 1);
    });
}

/** The event is durable, and nothing has been done about it yet. */
function afterEvent(what: string, at: number): Point[] {
  return victims.map(([victim, fault]) => ({
    name: `${victim} after ${what}`,
    ...{ role: 'engine', fault, on: 'journal', at, isAfter: true, kind: 'event' },
  }));
}

function atJournalCalls(from: number, to: number, kind: Point['kind']): Point[] {
  const points: Point[] = [];
  for (let at = from; at <= to; at++)
    for (const [victim, fault] of victims)
      points.push({
        name: `${victim} at journal call ${at}`,
        ...{ role: 'engine', fault, on: 'journal', at, isAfter: false, kind },
      });
  return points;
}

/** From the event before each announcement to the one after its record; and at every call of the child, where COMMIT is. */
function aroundCommits({ events, calls }: World): Point[] {
  const points = new Map<string, Point>();
  for (const [i, { type }] of events.entries()) {
    const record = recordOf[type];
    if (record === undefined) continue;
    const done = events.findIndex((event, j) => j > i && event.type === record);
    const from = events[i - 1]?.at ?? 1;
    for (const point of atJournalCalls(from, events[done + 1]?.at ?? calls.journal, 'row call'))
      points.set(point.name, point);
  }
  const child: readonly (readonly [string, Fault])[] = [
    ['engine', 'kill-other'],
    ['child', 'kill'],
    ['child in half', 'tear'],
    ['both', 'kill-both'],
  ];
  for (let at = 1; at <= calls.child; at++)
    for (const [victim, fault] of child)
      points.set(`${victim} ${at}`, {
        name: `${victim} at child call ${at}`,
        ...{ role: 'child', fault, on: 'folder', at, isAfter: false, kind: 'child call' },
      });
  return [...points.values()];
}

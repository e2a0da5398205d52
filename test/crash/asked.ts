// What is asked of the crash tests: `scripts/crash.ts` says it in the environment. What is absent is the short form, which
// every run of the tests has time for.

import { type Family, families, type JournalMode } from './families.ts';

const said = (name: string): string | undefined => process.env[`BELAY_CRASH_${name}`];

export interface Asked {
  readonly seed: number;
  readonly isShort: boolean;
  readonly kills: number;
  /** Before the random instants: one event of each type, every event, or every call on the journal as well. */
  readonly points: 'types' | 'events' | 'calls';
  /** Of one world; `every`: each call once; `all`: each call with every error, once and for good. */
  readonly faults: number | 'every' | 'all' | undefined;
  /** Worlds at once: part of the time is waiting, so that several fit on two cores. */
  readonly atOnce: number;
  /** Only the rounds of this name, to see one again. */
  readonly only: RegExp | undefined;
}

export const asked: Asked = {
  seed: Number(said('SEED') ?? 1),
  isShort: said('KILLS') === undefined && said('FAULTS') === undefined,
  kills: Number(said('KILLS') ?? 200),
  points: pointsOf(said('POINTS') ?? (said('KILLS') === undefined ? 'types' : 'events')),
  faults: faultsOf(said('FAULTS')),
  atOnce: Number(said('AT_ONCE') ?? 4),
  only: said('ONLY') === undefined ? undefined : new RegExp(said('ONLY') ?? ''),
};

function pointsOf(text: string): Asked['points'] {
  if (text === 'types' || text === 'events' || text === 'calls') return text;
  throw new Error(`points: types, events or calls, not ${text}`);
}

function faultsOf(text: string | undefined): Asked['faults'] {
  return text === undefined || text === 'every' || text === 'all' ? text : Number(text);
}

export interface PlannedWorld {
  readonly family: Family;
  readonly mode: JournalMode;
  /** Stays the same whatever else is asked for, so that a seed means the same rounds. */
  readonly index: number;
}

/** What people run on production. */
export const bundled = ['safe-migration.yaml', 'prune.yaml', 'restore.yaml', 'disaster-recovery.yaml'];

/** Every family in both modes of the journal, or the part that is asked for: families by name, and a share of the worlds. */
export function worldsOf(isWanted: (name: string) => boolean): PlannedWorld[] {
  const names = said('FAMILY')?.split(';');
  for (const name of names ?? [])
    if (!families.some((each) => each.name === name)) throw new Error(`no family is called \`${name}\``);
  const [part, parts] = (said('SHARD') ?? '1/1').split('/').map(Number);
  if (!part || !parts || part > parts) throw new Error('a shard is written 2/5');
  return families
    .flatMap((family) => (['WAL', 'DELETE'] as const).map((mode) => ({ family, mode })))
    .map((each, index) => ({ ...each, index }))
    .filter(({ family: { name } }) => names?.includes(name) ?? isWanted(name))
    .filter(({ mode }) => (said('MODE') ?? mode) === mode)
    .filter((_, i) => i % parts === part - 1);
}

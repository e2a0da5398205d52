// kill -9 of the engine, its SQL child, or both: at every call that changes a file, at every journal event, at random
// instants, in the run and in what is done about it. Each ends before or after, by content.
//
// `npm run crash -- --kills 5000 --seed 7` does more of the same; a violation names its seed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Family, families, type JournalMode } from './families.ts';
import { type Random, settle } from './oracle.ts';
import { complain, countUp, randomOf, say } from './report.ts';
import { arm, cannotShim, type Fault } from './shim.ts';
import { openWorld, type World } from './world.ts';

const kills = Number(process.env.BELAY_CRASH_KILLS ?? 200);
const seed = Number(process.env.BELAY_CRASH_SEED ?? 1);
const only = process.env.BELAY_CRASH_FAMILY;

interface Instant {
  readonly name: string;
  readonly role: 'engine' | 'child';
  readonly fault: Fault;
  readonly on: 'journal' | 'folder' | 'clock';
}

const instants: readonly Instant[] = [
  { name: 'engine at a journal write', role: 'engine', fault: 'kill', on: 'journal' },
  { name: 'child at a journal write', role: 'engine', fault: 'kill-other', on: 'journal' },
  { name: 'both at a journal write', role: 'engine', fault: 'kill-both', on: 'journal' },
  { name: 'engine at any file call', role: 'engine', fault: 'kill', on: 'folder' },
  { name: 'child at its file call', role: 'child', fault: 'kill', on: 'folder' },
  { name: 'child in half a write', role: 'child', fault: 'tear', on: 'folder' },
  { name: 'engine at a file call of the child', role: 'child', fault: 'kill-other', on: 'folder' },
  { name: 'both at a file call of the child', role: 'child', fault: 'kill-both', on: 'folder' },
  { name: 'engine at a random instant', role: 'engine', fault: 'kill', on: 'clock' },
];

/** What people run on production is killed more often than the parts that it is made of. */
const weights: Readonly<Record<string, number>> = {
  'safe-migration.yaml': 3,
  'prune.yaml': 3,
  'restore.yaml': 3,
  'disaster-recovery.yaml': 3,
};
const weightOf = ({ name }: Family): number => weights[name] ?? 1;

const worlds = families
  .filter(({ name }) => only === undefined || name === only)
  .flatMap((family) => (['WAL', 'DELETE'] as const).map((mode) => ({ family, mode })));
const allWeights = worlds.reduce((sum, { family }) => sum + weightOf(family), 0);

// Part of the time is waiting, so that several worlds fit on two cores.
describe('kill -9', { concurrency: 4 }, () => {
  for (const [i, { family, mode }] of worlds.entries()) {
    const wanted = Math.ceil((kills * weightOf(family)) / allWeights);
    test(`killed ${wanted} times, ${family.name} (${mode}) ends before or after`, { skip: cannotShim }, () =>
      disturb(family, mode, wanted, seed * 1000 + i),
    );
  }
});

/** Until so many kills have struck, in the run or in what is done about it. */
async function disturb(family: Family, mode: JournalMode, wanted: number, worldSeed: number): Promise<void> {
  await using world = await openWorld(family, mode);
  const outcomes = new Map<string, number>();
  const violations: string[] = [];
  let [killed, round] = [0, 0];
  for (; killed < wanted; round++) {
    assert.ok(round < 20 + wanted * 3, `${killed} kills in ${round} rounds: the shim strikes too seldom`);
    const roundSeed = worldSeed * 10_000 + round;
    const random = randomOf(roundSeed);
    const instant = instants[(round + worldSeed) % instants.length];
    assert.ok(instant);
    world.reset();
    const at = await strike(world, instant, random, killed / wanted);
    const verdict = await settle(world, { ...at, random, compound: 2, withNextRun: round % 4 === 0 });
    killed += verdict.kills + (at.isKilled ? 1 : 0);
    countUp(outcomes, verdict.outcome);
    for (const violation of verdict.violations)
      violations.push(
        complain(
          `seed ${roundSeed}, ${instant.name} (${at.at}): ${violation}\n    ${verdict.trail.join(' → ')}`,
        ),
      );
  }
  say(
    `crash: ${family.name} ${mode}: seed ${seed}, ${round} rounds, ${killed} kills, ${violations.length} violations`,
    outcomes,
  );
  assert.deepEqual(violations, []);
}

interface Strike {
  readonly exitCode: number | null;
  readonly text: string;
  readonly isKilled: boolean;
  readonly at: string;
}

/** `share`: how far through the run, so that the rounds of one world spread over all of it; half of them anywhere. */
async function strike(world: World, instant: Instant, random: Random, share: number): Promise<Strike> {
  const { cli, calls, family } = world;
  if (instant.on === 'clock') {
    const delayMs = random(Math.ceil(world.durationMs));
    const going = cli.start(family.command(cli));
    const timer = setTimeout(() => going.child.kill('SIGKILL'), delayMs);
    const result = await going.ended;
    clearTimeout(timer);
    return {
      exitCode: result.exitCode,
      text: result.rawStderr,
      isKilled: result.signal !== null,
      at: `${delayMs} ms`,
    };
  }
  const below = [instant.on === 'journal' ? cli.path('.belay/journal.db') : cli.folder];
  const count = instant.on === 'journal' ? calls.journal : calls[instant.role];
  const at = 1 + (random(2) === 0 ? Math.floor(share * count) : random(count));
  const shim = arm({ role: instant.role, at, fault: instant.fault, below });
  const { exitCode, rawStderr } = await cli.run(family.command(cli), { env: shim.env });
  return { exitCode, text: rawStderr, isKilled: shim.counts().isTriggered, at: `call ${at} of ${count}` };
}

// kill -9 of the engine, its SQL child, or both: after every journal event, at every call that changes a file, at random
// instants, in the run and in what is done about it. Each ends before or after, by content.
//
// `npm run crash -- --kills 5000 --seed 7` does more of the same; a violation names its seed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asked, bundled, type PlannedWorld, worldsOf } from './asked.ts';
import type { Family } from './families.ts';
import { type Random, settle, type Verdict } from './oracle.ts';
import { type Point, pointsOf } from './points.ts';
import { complain, countUp, randomOf, say, sayProgress } from './report.ts';
import { arm, cannotShim, type Fault } from './shim.ts';
import { openWorld, type World } from './world.ts';

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
const weightOf = ({ name }: Family): number => (bundled.includes(name) ? 3 : 1);

const worlds = worldsOf(() => true);
const allWeights = worlds.reduce((sum, { family }) => sum + weightOf(family), 0);

describe('kill -9', { concurrency: asked.atOnce }, () => {
  for (const world of worlds) {
    const { family, mode } = world;
    const wanted = Math.ceil((asked.kills * weightOf(family)) / allWeights);
    test(
      `killed at least ${wanted} times, ${family.name} (${mode}) ends before or after`,
      {
        skip: cannotShim,
      },
      () => disturb(world, wanted),
    );
  }
});

interface Figures {
  readonly outcomes: Map<string, number>;
  readonly violations: string[];
  round: number;
  killed: number;
}

/** At the chosen points first, then anywhere, until so many kills have struck, in the run or in what is done about it. */
async function disturb({ family, mode, index }: PlannedWorld, wanted: number): Promise<void> {
  await using world = await openWorld(family, mode);
  const worldSeed = asked.seed * 1000 + index;
  const figures: Figures = { outcomes: new Map(), violations: [], round: 0, killed: 0 };
  const points = pointsOf(world, randomOf(worldSeed));
  const head = `crash: ${family.name} ${mode}: seed ${asked.seed}`;
  const line = (): string =>
    `${head}, ${figures.round} rounds, ${figures.killed} kills, ${figures.violations.length} violations`;

  const struck = new Map<string, number>();
  const there = new Map<string, number>();
  for (const [i, point] of points.entries()) {
    if (!isAsked(point)) continue;
    countUp(there, point.kind);
    const random = randomOf(worldSeed * 100_000 + 50_000 + i);
    world.reset();
    const strike = await strikeAt(world, point);
    if (strike.isKilled) countUp(struck, point.kind);
    // Whichever way is taken first at one point, its neighbours take the other.
    const first = (i + asked.seed) % 2 === 0 ? 'resume' : 'rollback';
    const compound = asked.isShort ? 2 : 1;
    note(
      figures,
      strike,
      await settle(world, { ...strike, random, compound, first, withNextRun: i % 8 === 0 }),
    );
    sayProgress(line, points.filter(isAsked).length);
  }
  const covered = [...there].map(([kind, n]) => `${struck.get(kind) ?? 0} of ${n} ${kind}s`).join(', ');
  const hasPoints = figures.round;

  for (let round = 0; figures.killed < wanted && asked.only === undefined; round++) {
    assert.ok(
      round < 20 + wanted * 3,
      `${figures.killed} kills in ${round} rounds: the shim strikes too seldom`,
    );
    const roundSeed = worldSeed * 10_000 + round;
    const random = randomOf(roundSeed);
    const instant = instants[(round + worldSeed) % instants.length];
    assert.ok(instant);
    world.reset();
    const strike = await strikeSomewhere(world, instant, random, figures.killed / wanted);
    note(
      figures,
      { ...strike, name: `seed ${roundSeed}, ${strike.name}` },
      await settle(world, { ...strike, random, compound: 2, withNextRun: round % 4 === 0 }),
    );
    sayProgress(line);
  }
  say(`${line()}${hasPoints === 0 ? '' : `; covered: ${covered}`}`, figures.outcomes);
  assert.deepEqual(figures.violations, []);
}

function isAsked({ name }: Point): boolean {
  return asked.only?.test(name) !== false;
}

function note(figures: Figures, { name, isKilled }: Strike, verdict: Verdict): void {
  figures.round++;
  figures.killed += verdict.kills + (isKilled ? 1 : 0);
  countUp(figures.outcomes, verdict.outcome);
  for (const violation of verdict.violations)
    figures.violations.push(complain(`${name}: ${violation}\n    ${verdict.trail.join(' → ')}`));
}

interface Strike {
  readonly name: string;
  readonly exitCode: number | null;
  readonly text: string;
  readonly isKilled: boolean;
}

async function strikeAt(world: World, point: Point): Promise<Strike> {
  const { cli, family, mode } = world;
  const { role, at, fault, isAfter } = point;
  const below = [point.on === 'journal' ? cli.path('.belay/journal.db') : cli.folder];
  const shim = arm({ role, at, fault, isAfter, below });
  const { exitCode, rawStderr } = await cli.run(family.command(cli), { env: shim.env });
  return {
    name: `seed ${asked.seed}, ${family.name} ${mode}, ${point.name}`,
    ...{ exitCode, text: rawStderr, isKilled: shim.counts().isTriggered },
  };
}

/** `share`: how far through the run, so that the rounds of one world spread over all of it; half of them anywhere. */
async function strikeSomewhere(
  world: World,
  instant: Instant,
  random: Random,
  share: number,
): Promise<Strike> {
  const { cli, calls, family, mode } = world;
  const named = (at: string): string => `${family.name} ${mode}, ${instant.name} (${at})`;
  if (instant.on === 'clock') {
    const delayMs = random(Math.ceil(world.durationMs));
    const going = cli.start(family.command(cli));
    const timer = setTimeout(() => going.child.kill('SIGKILL'), delayMs);
    const { exitCode, rawStderr, signal } = await going.ended;
    clearTimeout(timer);
    return { name: named(`${delayMs} ms`), exitCode, text: rawStderr, isKilled: signal !== null };
  }
  const below = [instant.on === 'journal' ? cli.path('.belay/journal.db') : cli.folder];
  const count = instant.on === 'journal' ? calls.journal : calls[instant.role];
  const at = 1 + (random(2) === 0 ? Math.floor(share * count) : random(count));
  const shim = arm({ role: instant.role, at, fault: instant.fault, below });
  const { exitCode, rawStderr } = await cli.run(family.command(cli), { env: shim.env });
  return {
    name: named(`call ${at} of ${count}`),
    ...{ exitCode, text: rawStderr, isKilled: shim.counts().isTriggered },
  };
}

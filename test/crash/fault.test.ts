// Calls that fail: ENOSPC, EIO and EACCES at the k-th write, sync, truncate, rename and unlink of engine or child, once and
// for good; and a whole file system that is full. Same oracle as for kills, and no success that is none.

import assert from 'node:assert/strict';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { cannotMount, mountSmall } from '../backup/support.ts';
import { type Family, families, type JournalMode } from './families.ts';
import { settle, type Verdict } from './oracle.ts';
import { complain, countUp, randomOf, say } from './report.ts';
import { type Arming, arm, cannotShim } from './shim.ts';
import { openWorld, type World } from './world.ts';

const seed = Number(process.env.BELAY_CRASH_SEED ?? 1);
/** Of one world; `all` for every k. */
const faults = process.env.BELAY_CRASH_FAULTS ?? '10';
/**
 * Not in the gate yet: a call that is denied for good at some places of the engine still ends as a defect, and the
 * oracle then finds a run that no later command settles. `npm run crash -- --faults 10 --seed 437657` shows it.
 */
const reason =
  process.env.BELAY_CRASH_FAULTS === undefined ? 'hunts on demand: npm run crash -- --faults 10' : cannotShim;
const only = process.env.BELAY_CRASH_FAMILY;

const inShort = ['execute WAL', 'prune DELETE', 'ddl, then failure DELETE', 'restore.yaml WAL'];
const worlds = families
  .flatMap((family) => (['WAL', 'DELETE'] as const).map((mode) => ({ family, mode })))
  .filter(({ family, mode }) =>
    faults === 'all' || process.env.BELAY_CRASH_WIDE ? true : inShort.includes(`${family.name} ${mode}`),
  )
  .filter(({ family }) => only === undefined || family.name === only);

const errnos = ['ENOSPC', 'EIO', 'EACCES'] as const;
const roles = ['engine', 'child'] as const;

describe('calls that fail', { concurrency: 4 }, () => {
  for (const [i, { family, mode }] of worlds.entries())
    test(`${family.name} (${mode}) ends before or after`, { skip: reason }, () => failing(family, mode, i));
});

async function failing(family: Family, mode: JournalMode, index: number): Promise<void> {
  await using world = await openWorld(family, mode);
  const random = randomOf(seed * 1000 + index);
  const outcomes = new Map<string, number>();
  const violations: string[] = [];
  const plan = faults === 'all' ? everyCall(world) : someCalls(world, Number(faults), random);
  let hit = 0;
  for (const [round, arming] of plan.entries()) {
    world.reset();
    const shim = arm({ ...arming, below: [world.cli.folder] });
    const { exitCode, rawStderr } = await world.cli.run(family.command(world.cli), { env: shim.env });
    const { isTriggered, kind } = shim.counts();
    if (isTriggered) hit++;
    const verdict = await settle(world, {
      random,
      exitCode,
      text: rawStderr,
      compound: 0,
      withNextRun: round % 4 === 0,
    });
    note(
      verdict,
      `${arming.fault} in ${arming.role} at ${kind} ${arming.at}${arming.isForGood ? ' for good' : ''}`,
    );
  }
  say(
    `fault: ${family.name} ${mode}: seed ${seed}, ${hit} faults, ${violations.length} violations`,
    outcomes,
  );
  assert.deepEqual(violations, []);

  function note(verdict: Verdict, name: string): void {
    countUp(outcomes, verdict.outcome);
    for (const violation of verdict.violations)
      violations.push(complain(`seed ${seed}, ${name}: ${violation}\n    ${verdict.trail.join(' → ')}`));
  }
}

type Planned = Omit<Arming, 'below'>;

function someCalls({ calls }: World, count: number, random: (below: number) => number): Planned[] {
  return Array.from({ length: count }, (_, i) => {
    const role = roles[i % 2] ?? 'engine';
    const fault = errnos[i % 3] ?? 'EIO';
    return { role, fault, isForGood: random(2) === 0, at: 1 + random(calls[role]) };
  });
}

function everyCall({ calls }: World): Planned[] {
  return roles.flatMap((role) =>
    Array.from({ length: calls[role] }, (_, k) => k + 1).flatMap((at) =>
      errnos.flatMap((fault) => [false, true].map((isForGood) => ({ role, fault, isForGood, at }))),
    ),
  );
}

test('a file system that is full ends a run before or after, and a later command gets through', {
  skip: cannotMount(),
}, async (t) => {
  const family = families.find(({ name }) => name === 'ddl, then failure');
  assert.ok(family);
  // Given up by hand: a mounted folder is busy until the end of the test.
  const world = await openWorld(family, 'WAL', (folder) => mountSmall(t, folder, 12));
  t.after(() => rmSync(world.cli.folder, { recursive: true, force: true }));
  const violations: string[] = [];
  const outcomes = new Map<string, number>();
  const leave = faults === 'all' ? Array.from({ length: 60 }, (_, i) => i * 8) : [0, 40, 120, 260, 420];
  for (const kilobytes of leave) {
    world.reset();
    const { bavail, bsize } = statfsSync(world.cli.folder);
    writeFileSync(world.cli.path('filler'), Buffer.alloc(Math.max(0, bavail * bsize - kilobytes * 1024)));
    const { exitCode, rawStderr } = await world.cli.run(family.command(world.cli));
    rmSync(world.cli.path('filler'));
    const verdict = await settle(world, {
      random: randomOf(kilobytes),
      exitCode,
      text: rawStderr,
      compound: 0,
      withNextRun: true,
    });
    countUp(outcomes, verdict.outcome);
    violations.push(
      ...verdict.violations.map((each) => `${kilobytes} KiB left: ${each}\n    ${verdict.trail.join(' → ')}`),
    );
  }
  say(`full: ${leave.length} sizes, ${violations.length} violations`, outcomes);
  assert.deepEqual(violations, []);
});

// Calls that fail: ENOSPC, EIO and EACCES at the k-th write, sync, truncate, rename and unlink of engine or child, once and
// for good; and a whole file system that is full. Same oracle as for kills, and no success that is none.

import assert from 'node:assert/strict';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { cannotMount, mountSmall } from '../backup/support.ts';
import { asked, bundled, type PlannedWorld, worldsOf } from './asked.ts';
import { families } from './families.ts';
import { settle, type Verdict } from './oracle.ts';
import { complain, countUp, randomOf, say, sayProgress } from './report.ts';
import { type Arming, arm, cannotShim } from './shim.ts';
import { openWorld, type World } from './world.ts';

const { seed, faults } = asked;
const errnos = ['ENOSPC', 'EIO', 'EACCES'] as const;
const roles = ['engine', 'child'] as const;
const inShortEach = 10;

describe('calls that fail', { concurrency: asked.atOnce }, () => {
  // What people run on production; on demand every family.
  for (const world of worldsOf((name) => faults !== undefined || bundled.includes(name)))
    test(`${world.family.name} (${world.mode}) ends before or after`, { skip: cannotShim }, () =>
      failing(world),
    );
});

async function failing({ family, mode, index }: PlannedWorld): Promise<void> {
  await using world = await openWorld(family, mode);
  const outcomes = new Map<string, number>();
  const violations: string[] = [];
  const plan = planFor(world, index).filter((each) => asked.only?.test(nameOf(each)) !== false);
  let [rounds, hit] = [0, 0];
  const line = (): string =>
    `fault: ${family.name} ${mode}: seed ${seed}, ${rounds} rounds, ${hit} faults, ${violations.length} violations`;
  for (const [round, arming] of plan.entries()) {
    world.reset();
    const shim = arm({ ...arming, below: [world.cli.folder] });
    const { exitCode, rawStderr } = await world.cli.run(family.command(world.cli), { env: shim.env });
    const { isTriggered, kind } = shim.counts();
    const verdict = await settle(world, {
      random: randomOf((seed * 1000 + index) * 10_000 + arming.at),
      exitCode,
      text: rawStderr,
      compound: 0,
      withNextRun: round % (faults === undefined ? 4 : 8) === 0,
    });
    rounds++;
    if (isTriggered) hit++;
    note(verdict, `${family.name} ${mode}, ${nameOf(arming)} (${kind})`);
    sayProgress(line, plan.length);
  }
  say(line(), outcomes);
  assert.deepEqual(violations, []);

  function note(verdict: Verdict, name: string): void {
    countUp(outcomes, verdict.outcome);
    for (const violation of verdict.violations)
      violations.push(complain(`seed ${seed}, ${name}: ${violation}\n    ${verdict.trail.join(' → ')}`));
  }
}

type Planned = Omit<Arming, 'below'>;

const nameOf = ({ role, at, fault, isForGood }: Planned): string =>
  `${fault} in ${role} at call ${at}${isForGood ? ' for good' : ''}`;

function planFor(world: World, index: number): Planned[] {
  if (faults === 'all') return everyCall(world);
  if (faults === 'every') return eachCallOnce(world);
  return someCalls(world, faults ?? inShortEach, randomOf(seed * 1000 + index));
}

/** Spread over the whole run, over both processes, the errors, once and for good. */
function someCalls({ calls }: World, count: number, random: (below: number) => number): Planned[] {
  const start = random(1000) / 1000;
  return Array.from({ length: count }, (_, i) => {
    const role = roles[i % 2] ?? 'engine';
    const fault = errnos[i % 3] ?? 'EIO';
    // Steps of the golden section: however many there are, they leave no part of the run out.
    const share = (start + i * 0.618_034) % 1;
    return { role, fault, isForGood: random(2) === 0, at: 1 + Math.floor(share * calls[role]) };
  });
}

/** Neighbours meet other errors, once and for good; six seeds in a row are all of it. */
function eachCallOnce({ calls }: World): Planned[] {
  return roles.flatMap((role) =>
    Array.from({ length: calls[role] }, (_, k) => {
      const turn = (k + seed) % 6;
      return { role, fault: errnos[turn % 3] ?? 'EIO', isForGood: turn >= 3, at: k + 1 };
    }),
  );
}

function everyCall({ calls }: World): Planned[] {
  return roles.flatMap((role) =>
    Array.from({ length: calls[role] }, (_, k) => k + 1).flatMap((at) =>
      errnos.flatMap((fault) => [false, true].map((isForGood) => ({ role, fault, isForGood, at }))),
    ),
  );
}

test('a state folder that takes nothing more, from any moment on, ends a run before or after', {
  skip: cannotShim,
}, async () => {
  const family = families.find(({ name }) => name === 'prune.yaml');
  assert.ok(family);
  await using world = await openWorld(family, 'DELETE');
  const violations: string[] = [];
  const outcomes = new Map<string, number>();
  const moments = faults === undefined ? 4 : 40;
  for (let i = 0; i < moments; i++) {
    world.reset();
    const at = 1 + Math.floor(((i + 0.5) / moments) * world.calls.journal);
    const below = [world.cli.path('.belay')];
    const shim = arm({ role: 'engine', fault: 'ENOSPC', isForGood: true, at, below });
    const { exitCode, rawStderr } = await world.cli.run(family.command(world.cli), { env: shim.env });
    const random = randomOf(seed * 1000 + i);
    const options = { random, exitCode, text: rawStderr, compound: 0, withNextRun: true };
    const verdict = await settle(world, options);
    countUp(outcomes, verdict.outcome);
    for (const violation of verdict.violations)
      violations.push(complain(`call ${at}: ${violation}\n    ${verdict.trail.join(' → ')}`));
  }
  say(`state folder full: ${moments} moments, ${violations.length} violations`, outcomes);
  assert.deepEqual(violations, []);
});

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
  const leave =
    typeof faults === 'string' ? Array.from({ length: 60 }, (_, i) => i * 8) : [0, 40, 120, 260, 420];
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

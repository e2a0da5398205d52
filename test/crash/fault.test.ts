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
/** Of one world; `all` for every k. Absent: the part that every run of the tests has time for. */
const asked = process.env.BELAY_CRASH_FAULTS;
const only = process.env.BELAY_CRASH_FAMILY;

/** What people run on production, in both modes of the journal; on demand every family. */
const inShort = ['safe-migration.yaml', 'prune.yaml', 'restore.yaml', 'disaster-recovery.yaml'];
const inShortEach = 10;
const worlds = families
  .filter(({ name }) => (only === undefined ? asked !== undefined || inShort.includes(name) : name === only))
  .flatMap((family) => (['WAL', 'DELETE'] as const).map((mode) => ({ family, mode })));

const errnos = ['ENOSPC', 'EIO', 'EACCES'] as const;
const roles = ['engine', 'child'] as const;

describe('calls that fail', { concurrency: 4 }, () => {
  for (const [i, { family, mode }] of worlds.entries())
    test(`${family.name} (${mode}) ends before or after`, { skip: cannotShim }, () =>
      failing(family, mode, i),
    );
});

async function failing(family: Family, mode: JournalMode, index: number): Promise<void> {
  await using world = await openWorld(family, mode);
  const random = randomOf(seed * 1000 + index);
  const outcomes = new Map<string, number>();
  const violations: string[] = [];
  const plan = asked === 'all' ? everyCall(world) : someCalls(world, Number(asked ?? inShortEach), random);
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
  const moments = asked === undefined ? 4 : 40;
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
  const leave = asked === 'all' ? Array.from({ length: 60 }, (_, i) => i * 8) : [0, 40, 120, 260, 420];
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

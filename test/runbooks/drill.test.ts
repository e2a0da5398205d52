// Every bundled runbook is drilled as CI drills it: each step broken on the fixtures of the environment `ci`.
//
// `BELAY_DRILL_SEED=7` chooses other instants; a hole names its seed.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const seed = process.env.BELAY_DRILL_SEED ?? '1';
const scratch = mkdtempSync(join(tmpdir(), 'belay-drill-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Report {
  readonly runbook: string;
  readonly undisturbed: {
    readonly exitCode: number;
    readonly problem?: string;
    readonly differs: readonly unknown[];
  };
  readonly notSimulated: readonly unknown[];
  readonly faults: readonly {
    readonly step: string;
    readonly fault: string;
    readonly verdict: string;
    readonly reason?: string;
    readonly trail?: string;
  }[];
}

const words = ['drill', '--all', '--env', 'ci', '--seed', seed, '--budget', '20m', '--output', 'json'];

test(`every fault in a bundled runbook ends before, after, or as declared (seed ${seed})`, async (t) => {
  const { exitCode, stdout, stderr } = await new Promise<{
    exitCode: number;
    stdout: string;
    stderr: string;
  }>((resolve) => {
    const env = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch };
    const options = { cwd: root, env, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [join(root, 'dist/cli.js'), ...words], options, (error, out, err) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout: out, stderr: err }),
    );
  });
  assert.match(stdout, /^\{/, stderr);
  const { drills } = JSON.parse(stdout) as { drills: readonly Report[] };
  const bundled = readdirSync(join(root, 'runbooks')).filter(
    (name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'),
  );
  assert.equal(drills.length, bundled.length, stderr);
  const holes = drills.flatMap(({ runbook, faults }) =>
    faults
      .filter(({ verdict }) => verdict === 'hole' || verdict === 'late')
      .map(({ step, fault, reason, trail }) => `${runbook}: ${step}, ${fault}: ${reason} (${trail})`),
  );
  assert.deepEqual(holes, []);
  for (const { runbook, undisturbed, faults } of drills) {
    assert.equal(undisturbed.problem, undefined, runbook);
    assert.deepEqual(undisturbed.differs, [], runbook);
    const injected = faults.filter(({ verdict }) => verdict !== 'none').length;
    assert.ok(injected >= 20, `${runbook}: only ${injected} faults were injected`);
    t.diagnostic(`${runbook}: ${injected} faults`);
  }
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name !== 'node-compile-cache'),
    [],
  );
});

// Start-up as a ratio to bare Node, printed. The bounds are generous: they catch a heavy import, not a slow machine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { project } from './support.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'belay.js');

/** Median of several, in milliseconds. */
function time(args: readonly string[], cwd: string): number {
  const took: number[] = [];
  for (let i = 0; i < 9; i++) {
    const start = performance.now();
    spawnSync(process.execPath, args, { cwd, stdio: 'ignore' });
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[4] ?? Number.NaN;
}

test('start-up is a small multiple of bare Node', async (context) => {
  await using program = project();
  const bare = time(['-e', '0'], program.folder);
  const ratios = {
    '--version': time([bin, '--version'], program.folder) / bare,
    validate: time([bin, 'validate', 'runbooks/look.yaml'], program.folder) / bare,
    'runs list': time([bin, 'runs', 'list'], program.folder) / bare,
  };
  for (const [name, ratio] of Object.entries(ratios))
    context.diagnostic(`${name}: ${ratio.toFixed(2)} × bare Node`);
  assert.ok(ratios['--version'] <= 4, `--version took ${ratios['--version'].toFixed(2)} × bare Node`);
  assert.ok(ratios.validate <= 8, `validate took ${ratios.validate.toFixed(2)} × bare Node`);
});

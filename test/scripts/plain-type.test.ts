import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/make/bundle.ts';
import { type AnyAction, actions } from '../../src/action/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-bundle-'));
after(() => rmSync(folder, { recursive: true }));

test('the bundle declares every action as typebox does, without typebox', async () => {
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: { actions: 'src/action/index.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    metafile: true,
  });
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/typebox')),
    [],
  );
  const bundled = (await import(join(folder, 'actions.mjs'))) as { actions: ReadonlyMap<string, AnyAction> };
  assert.deepEqual([...bundled.actions.keys()], [...actions.keys()]);
  for (const [name, action] of actions) {
    const other = bundled.actions.get(name);
    for (const part of ['with', 'outputs'] as const)
      assert.deepEqual(plain(other?.[part]), plain(action[part]), `${name} ${part}`);
  }
});

function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema));
}

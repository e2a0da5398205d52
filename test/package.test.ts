// What users install: the packed tarball, put into another folder, runs, validates, and is a library.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..');

describe('the packed tarball', () => {
  let folder = '';
  let bin = '';
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'belay-pack-'));
    // Packed from a copy: packing rewrites package.json for a moment, and others may be reading it.
    const copy = join(folder, 'checkout');
    for (const name of ['package.json', 'bin', 'dist', 'schemas', 'runbooks', 'docs', 'scripts'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: copy,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    ) as { filename: string }[];
    writeFileSync(join(folder, 'package.json'), '{"name": "user", "private": true, "type": "module"}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `./${packed?.filename}`], {
      cwd: folder,
      stdio: 'pipe',
    });
    bin = join(folder, 'node_modules', 'belay', 'bin', 'belay.js');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const belay = (...args: string[]) =>
    execFileSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  test('carries nothing of the development, and packing leaves package.json as it was', () => {
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules', 'belay', 'package.json'), 'utf8'));
    for (const key of ['optionalDependencies', 'devDependencies', 'scripts'])
      assert.equal(installed[key], undefined, key);
    assert.deepEqual(Object.keys(installed.dependencies), ['better-sqlite3']);
    assert.equal(readFileSync(join(folder, 'checkout', 'package.json'), 'utf8'), manifest);
    assert.ok(!existsSync(join(folder, 'checkout', 'package.json.unpacked')));
  });

  test('runs', () => {
    assert.equal(belay('--version'), `${(JSON.parse(manifest) as { version: string }).version}\n`);
    belay('init');
    assert.match(belay('validate'), /2 files checked, no findings/);
    assert.match(belay('list'), /daily-maintenance/);
  });

  test('runs a runbook on a database', () => {
    execFileSync(process.execPath, [
      '-e',
      `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(join(folder, 'app.db'))}).exec('CREATE TABLE t(a)')`,
    ]);
    belay('run', 'health', '-p', 'database=app.db');
    assert.match(belay('runs', 'list'), /health +succeeded/);
  });

  test('is a library with types', () => {
    const script = `
      import { load, plan, run, validate, version } from 'belay';
      const loaded = load('health');
      const events = [];
      const outcome = await run(loaded, { params: { database: 'app.db' }, onEvent: (_run, event) => events.push(event.type) });
      const decided = await plan(loaded, { params: { database: 'app.db' } });
      console.log(JSON.stringify([version, validate('health').length, decided.wouldChange, outcome.exitCode, events[0]]));`;
    writeFileSync(join(folder, 'use.mjs'), script);
    const out = execFileSync(process.execPath, ['use.mjs'], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual(JSON.parse(out).slice(1), [0, false, 0, 'run-started']);
    assert.ok(existsSync(join(folder, 'node_modules', 'belay', 'dist', 'types', 'index.d.ts')));
  });
});

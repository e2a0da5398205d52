// `belay fmt`: what it writes, what it leaves alone, and how it says so.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, lstatSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const careless = 'name:   a\napiVersion: belay/v1 # version\nsteps: [{assert: "${{ true }}", id: one}]\n';
const canonical = 'apiVersion: belay/v1 # version\nname: a\nsteps: [{ id: one, assert: "${{ true }}" }]\n';

function project(): Cli {
  return cli()
    .file('belay.yaml', 'targets: { app: { path: a.db, driver: sqlite } }\napiVersion: belay/v1\n')
    .file('runbooks/a.yaml', careless)
    .file('runbooks/good.yaml', canonical.replace('name: a', 'name: good'));
}

const stdin = (input: string, ...args: readonly string[]) =>
  spawnSync(
    process.execPath,
    [join(import.meta.dirname, '..', '..', 'dist', 'cli.js'), 'fmt', '-', ...args],
    {
      input,
      encoding: 'utf8',
    },
  );

describe('belay fmt', () => {
  test('formats what the project has, and writes only what changes', async () => {
    await using files = project();
    files.file('runbooks/a.test.yaml', 'cases:   []\n');
    const before = new Date('2026-01-01T00:00:00Z');
    utimesSync(files.path('runbooks/good.yaml'), before, before);
    chmodSync(files.path('runbooks/a.yaml'), 0o640);
    const result = await files.run(['fmt']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(
      result.stdout,
      'formatted belay.yaml\nformatted runbooks/a.test.yaml\nformatted runbooks/a.yaml\n4 files, 3 formatted\n',
    );
    assert.equal(files.read('runbooks/a.yaml'), canonical);
    assert.equal(files.read('runbooks/a.test.yaml'), 'cases: []\n');
    assert.equal(
      files.read('belay.yaml'),
      'apiVersion: belay/v1\ntargets: { app: { driver: sqlite, path: a.db } }\n',
    );
    assert.equal(statSync(files.path('runbooks/a.yaml')).mode & 0o777, 0o640);
    assert.equal(statSync(files.path('runbooks/good.yaml')).mtimeMs, before.getTime());
    assert.deepEqual(
      files.list().filter((name) => name.includes('belay-fmt')),
      [],
    );
    assert.equal((await files.run(['fmt'])).stdout, '4 files, nothing to format\n');
  });

  test('--check writes nothing, shows the first lines, and exits with 12', async () => {
    await using files = project();
    const result = await files.run(['fmt', '--check']);
    assert.equal(result.exitCode, 12);
    assert.equal(files.read('runbooks/a.yaml'), careless);
    assert.match(result.stdout, /^runbooks\/a\.yaml is not formatted\n {2}- name: {3}a\n/m);
    assert.match(result.stdout, /\n3 files, 2 to be formatted: `belay fmt`\n$/);
    const { changed, findings } = (await files.run(['fmt', '--check', '--output', 'json'])).json();
    assert.deepEqual(changed, ['belay.yaml', 'runbooks/a.yaml']);
    assert.deepEqual(
      (findings as { code: string; file: string; line: number }[]).map(({ code, file, line }) => [
        code,
        file,
        line,
      ]),
      [
        ['fmt/not-formatted', 'belay.yaml', 1],
        ['fmt/not-formatted', 'runbooks/a.yaml', 1],
      ],
    );
    assert.equal((await files.run(['fmt'])).exitCode, 0);
    assert.equal((await files.run(['fmt', '--check'])).exitCode, 0);
  });

  test('a file with errors is left alone, the others are formatted', async () => {
    await using files = project();
    files.file('runbooks/broken.yaml', 'steps: [\n');
    const result = await files.run(['fmt']);
    assert.equal(result.exitCode, 3);
    assert.match(result.stdout, /error\[document\/syntax\].*\n --> runbooks\/broken\.yaml/);
    assert.equal(files.read('runbooks/broken.yaml'), 'steps: [\n');
    assert.equal(files.read('runbooks/a.yaml'), canonical);
  });

  test('what formatting would change in meaning is left alone and said', async () => {
    await using files = project();
    const tricky = 'apiVersion: belay/v1\ntitle: "a\\ \n  b"\n';
    files.file('runbooks/tricky.yaml', tricky);
    const result = await files.run(['fmt', 'runbooks/tricky.yaml']);
    assert.equal(result.exitCode, 0);
    assert.match(result.stdout, /warning\[fmt\/left-alone\]: `runbooks\/tricky\.yaml` is left as it is/);
    assert.equal(files.read('runbooks/tricky.yaml'), tricky);
  });

  test('a link is not followed, not even read', async () => {
    await using files = project();
    files.file('secret.yaml', 'password:    hunter2\n');
    symlinkSync(files.path('secret.yaml'), files.path('runbooks/link.yaml'));
    const found = await files.run(['fmt', '--check', 'runbooks']);
    assert.equal(found.exitCode, 12);
    assert.match(found.stdout, /warning\[fmt\/symbolic-link\]/);
    assert.doesNotMatch(found.stdout, /hunter2/);
    const named = await files.run(['fmt', 'runbooks/link.yaml']);
    assert.equal(named.exitCode, 4);
    assert.equal(files.read('secret.yaml'), 'password:    hunter2\n');
    assert.ok(lstatSync(files.path('runbooks/link.yaml')).isSymbolicLink());
  });

  test('a read-only file is not replaced', async () => {
    await using files = project();
    chmodSync(files.path('runbooks/a.yaml'), 0o444);
    const result = await files.run(['fmt', 'runbooks/a.yaml']);
    assert.equal(result.exitCode, 2);
    assert.match(result.stdout, /error\[usage\/unwritable-file\]: `runbooks\/a\.yaml` is read-only/);
    assert.equal(files.read('runbooks/a.yaml'), careless);
  });

  test('the other name of a file with two keeps the text it had', async () => {
    await using files = project();
    linkSync(files.path('runbooks/a.yaml'), files.path('copy'));
    assert.equal((await files.run(['fmt'])).exitCode, 0);
    assert.equal(files.read('copy'), careless);
  });

  test('a file of somebody else that lies in a folder is nothing of ours; named, it is formatted', async () => {
    await using files = project();
    files.file('compose.yaml', 'services:   {}\n');
    assert.doesNotMatch((await files.run(['fmt', '.'])).stdout, /compose/);
    assert.equal(files.read('compose.yaml'), 'services:   {}\n');
    assert.equal((await files.run(['fmt', 'compose.yaml'])).exitCode, 0);
    assert.equal(files.read('compose.yaml'), 'services: {}\n');
  });

  test('- reads stdin and writes stdout, for editors and hooks', () => {
    const formatted = stdin(careless);
    assert.deepEqual([formatted.status, formatted.stdout, formatted.stderr], [0, canonical, '']);
    assert.deepEqual([stdin(careless, '--check').status, stdin(canonical, '--check').status], [12, 0]);
    const broken = stdin('steps: [\n', '--stdin-name', 'runbooks/x.yaml');
    assert.deepEqual([broken.status, broken.stdout], [3, '']);
    assert.match(broken.stderr, /--> runbooks\/x\.yaml:/);
    const ofProject = stdin('targets: {}\napiVersion: belay/v1\n', '--stdin-name', 'belay.yaml');
    assert.equal(ofProject.stdout, 'apiVersion: belay/v1\ntargets: {}\n');
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cli } from '../support/cli.ts';
import { junitProblems, sarifProblems } from '../support/published-schemas.ts';
import { project, readingRunbook } from './support.ts';

describe('belay validate', () => {
  test('finds everything wrong at once, with file, line and column, and exits 3', async () => {
    await using program = project();
    program.file('runbooks/bad.yaml', readingRunbook.replace('target: db, mode', 'target: dbx, mod'));
    const { stdout, stderr, exitCode } = await program.run(['validate', 'runbooks']);
    assert.equal(exitCode, 3);
    assert.equal(stderr, '');
    assert.match(stdout, /^error\[.*\n +--> runbooks\/bad\.yaml:\d+:\d+$/m);
    assert.match(stdout, /3 files checked: \d+ errors?, 0 warnings\n$/);
  });

  test('JSON holds the findings, github the lines of a workflow', async () => {
    await using program = project();
    program.file('bad%file.yaml', 'apiVersion: belay/v1\nname: x\nsteps: 7\n');
    const { json } = await program.run(['validate', 'bad%file.yaml', '--output', 'json']);
    const [finding] = json().findings as Record<string, unknown>[];
    assert.deepEqual(Object.keys(finding ?? {}), [
      'code',
      'level',
      'category',
      'message',
      'file',
      'line',
      'column',
      'state',
      'fix',
    ]);
    const github = await program.run(['validate', 'bad%file.yaml', '--output', 'github']);
    assert.match(github.stdout, /^::error file=bad%25file\.yaml,line=\d+,col=\d+,title=document\/[a-z-]+::/);
    assert.equal(github.exitCode, 3);
  });

  test('reports for other programs are results, or files beside the text', async () => {
    await using program = project();
    program.file('bad file.yaml', 'apiVersion: belay/v1\nname: x\nsteps: 7\n');
    const paths = ['bad file.yaml', 'runbooks'];
    const sarif = await program.run(['validate', ...paths, '--output', 'sarif']);
    assert.deepEqual(sarifProblems(sarif.rawStdout), []);
    assert.match(sarif.stdout, /"uri": "bad%20file\.yaml"/);
    const junit = await program.run(['validate', ...paths, '--output', 'junit']);
    assert.deepEqual(await junitProblems(junit.rawStdout), []);
    assert.match(junit.stdout, /tests="3" failures="1"/);
    const markdown = await program.run(['validate', ...paths, '--output', 'markdown']);
    assert.match(markdown.stdout, /^### Validate\n\n\*\*3 files checked: \d errors?, 0 warnings\*\*\n/);

    const both = await program.run(['validate', ...paths, '--sarif', 'out.sarif', '--junit', 'out.xml']);
    assert.match(both.stdout, /3 files checked/);
    assert.equal(program.read('out.sarif'), sarif.rawStdout);
    assert.equal(program.read('out.xml'), junit.rawStdout);
    for (const { exitCode } of [sarif, junit, markdown, both]) assert.equal(exitCode, 3);

    const clean = await program.run(['validate', '--quiet', '--sarif', 'clean.sarif']);
    assert.equal(clean.exitCode, 0);
    assert.deepEqual(sarifProblems(program.read('clean.sarif')), []);
    const nowhere = await program.run(['validate', '--sarif', 'no/such/folder/out.sarif']);
    assert.equal(nowhere.exitCode, 2);
    assert.match(nowhere.stderr, /usage\/unwritable-file/);
  });

  test('a broken belay.yaml is a finding', async () => {
    await using program = cli();
    program.file('belay.yaml', 'apiVersion: belay/v1\nrunbook: [x]\n');
    const { stdout, exitCode } = await program.run(['validate']);
    assert.equal(exitCode, 3);
    assert.match(stdout, /--> belay\.yaml:2:1/);
  });

  test('a file that cannot be read does not hide the others', async () => {
    await using program = project();
    program.file('runbooks/binary.yaml', 'name: "\u0000"\n').file('runbooks/bad.yaml', 'steps: 7\n');
    const { stdout, exitCode } = await program.run(['validate', 'runbooks']);
    assert.equal(exitCode, 3);
    assert.match(stdout, /binary\.yaml/);
    assert.match(stdout, /bad\.yaml/);
  });

  test('a thousand files go in one call', async () => {
    await using program = cli();
    for (let i = 0; i < 1000; i++)
      program.file(`many/r${i}.yaml`, readingRunbook.replace('name: look', `name: look-${i}`));
    const { stdout, exitCode } = await program.run(['validate', 'many']);
    assert.equal(stdout, '1,000 files checked, no findings\n');
    assert.equal(exitCode, 0);
  });

  test('is silent with --quiet while all is well', async () => {
    await using program = project();
    assert.deepEqual(
      (({ stdout, stderr, exitCode }) => ({ stdout, stderr, exitCode }))(
        await program.run(['validate', '--quiet']),
      ),
      { stdout: '', stderr: '', exitCode: 0 },
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { displayWidth } from '../../src/base/index.ts';
import { cli } from '../support/cli.ts';
import { project } from './support.ts';

describe('belay plan', () => {
  for (const columns of [80, 200]) {
    test(`says step by step what would happen, in ${columns} columns`, async () => {
      await using program = project();
      const { stdout, exitCode } = await program.run(['plan', 'purge', '-p', 'database=app.db'], {
        env: { COLUMNS: String(columns) },
      });
      assert.equal(exitCode, 0);
      assert.match(stdout, /^ {2}would run +backup {2}/m);
      assert.match(stdout, /^ {2}would run +purge {2}/m);
      assert.match(stdout, /The run would change something\./);
      for (const line of stdout.split('\n')) assert.ok(displayWidth(line) <= columns, line);
    });
  }

  test('writes nothing, and says with an exit code that something would change', async () => {
    await using program = project();
    const before = program.list();
    assert.equal(
      (await program.run(['plan', 'purge', '-p', 'database=app.db', '--detailed-exitcode'])).exitCode,
      10,
    );
    assert.equal(
      (await program.run(['plan', 'look', '-p', 'database=app.db', '--detailed-exitcode'])).exitCode,
      0,
    );
    assert.deepEqual(program.list(), before);
  });

  test('comes as JSON and as Markdown', async () => {
    await using program = project();
    const { json } = await program.run(['plan', 'purge', '-p', 'database=app.db', '--output', 'json']);
    assert.deepEqual(
      (json().steps as { id: string }[]).map(({ id }) => id),
      ['lease.db', 'backup', 'backup.db', 'purge'],
    );
    const { stdout } = await program.run(['plan', 'purge', '-p', 'database=app.db', '--output', 'markdown']);
    assert.match(stdout, /^\| would run \| `purge` \| change \|/m);
    assert.match(stdout, /```sql\nDELETE FROM entries/);
  });

  test('--all plans every runbook; one that cannot be planned does not hide the others', async () => {
    await using program = project();
    const { stdout, exitCode } = await program.run(['plan', '--all']);
    assert.equal(exitCode, 3);
    assert.match(stdout, /^look: cannot be planned$/m);
    program.file(
      'belay.yaml',
      'apiVersion: belay/v1\nenvironments:\n  ci: { params: { database: ./app.db } }\n',
    );
    const all = await program.run(['plan', '--all', '--env', 'ci', '--output', 'json']);
    assert.equal(all.exitCode, 0, all.stderr + stdout);
    assert.equal((all.json().plans as unknown[]).length, 2);
    assert.equal((await program.run(['plan', 'look', '--all'])).exitCode, 2);
  });

  test('SQL comes from the project, or from where the operator says', async () => {
    await using program = project();
    const steps = (file: string) => `apiVersion: belay/v1
name: script
title: A script
params: { script: { type: path, default: ${file} } }
targets: { db: { driver: sqlite, path: ./app.db } }
steps:
  - { id: run, action: sqlite.execute, with: { target: db, file: "\${{ params.script }}" } }
`;
    await using elsewhere = cli();
    elsewhere.file('delete.sql', 'DELETE FROM entries WHERE id = 1');
    const outside = elsewhere.path('delete.sql');
    program.file('runbooks/script.yaml', steps(outside));
    const refused = await program.run(['plan', 'script']);
    assert.equal(refused.exitCode, 3);
    assert.match(
      refused.stderr,
      /^error\[plan\/outside-project\]: step `run` names .* which lies outside the project\n/,
    );
    const named = await program.run(['plan', 'script', '-p', `script=${outside}`]);
    assert.equal(named.exitCode, 0, named.stderr);
    program.file('params.json', JSON.stringify({ script: outside }));
    const inFile = await program.run(['plan', 'script', '--params-file', 'params.json']);
    assert.equal(inFile.exitCode, 0, inFile.stderr);
  });

  test('a file that cannot be written is said', async () => {
    await using program = project();
    const { stderr, exitCode } = await program.run([
      'plan',
      'look',
      '-p',
      'database=app.db',
      '--out',
      'no/such/plan.json',
    ]);
    assert.match(stderr, /^error\[usage\/unwritable-file\]/);
    assert.equal(exitCode, 2);
  });
});

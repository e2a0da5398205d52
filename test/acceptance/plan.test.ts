import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { changingRunbook, project } from '../cli/support.ts';
import type { Cli } from '../support/cli.ts';
import { holdDatabase } from './support.ts';

/** Every file of a folder: name, content, time of the last change, mode. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const stat = lstatSync(join(folder, name), { bigint: true });
      const hash = stat.isFile()
        ? createHash('sha256')
            .update(readFileSync(join(folder, name)))
            .digest('hex')
        : '';
      return `${name} ${hash} ${stat.mtimeNs} ${stat.mode}`;
    });
}

/** In `data/`, so that nothing else of the test lies beside it. */
function planned(): Cli {
  const program = project().database(
    'data/app.db',
    'PRAGMA journal_mode = WAL; CREATE TABLE entries(id INTEGER PRIMARY KEY, body TEXT); INSERT INTO entries(body) VALUES (1), (2);',
  );
  return program;
}

describe('a plan writes nothing', () => {
  test('beside a clean write-ahead log', async () => {
    await using program = planned();
    const before = stateOf(program.path('data'));
    const { exitCode, stderr } = await program.run(['plan', 'purge', '-p', 'database=data/app.db']);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(stateOf(program.path('data')), before);
    assert.ok(!program.exists('.belay'));
  });

  test('beside a live one, and sees what is in it', async () => {
    await using program = planned();
    await using _writer = await holdDatabase(
      program.path('data/app.db'),
      'PRAGMA wal_autocheckpoint = 0; INSERT INTO entries(body) VALUES (3), (4), (5)',
    );
    const folder = program.path('data');
    const before = stateOf(folder).filter((line) => !line.startsWith('app.db-shm'));
    assert.ok(before.some((line) => line.startsWith('app.db-wal')));
    program.file('runbooks/purge.yaml', changingRunbook.replace('id > 50', 'id > 1'));
    const { exitCode, stdout, stderr } = await program.run([
      'plan',
      'purge',
      '-p',
      'database=data/app.db',
      '--output',
      'json',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      stateOf(folder).filter((line) => !line.startsWith('app.db-shm')),
      before,
    );
    assert.doesNotMatch(stdout, /not-simulated/);
  });

  test('beside one that a crash left', async () => {
    await using program = planned();
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(process.argv[1]);
      database.exec('PRAGMA wal_autocheckpoint = 0; INSERT INTO entries(body) VALUES (3)');
      process.kill(process.pid, 'SIGKILL');`;
    await once(spawn(process.execPath, ['-e', script, program.path('data/app.db')]), 'exit');
    const before = stateOf(program.path('data'));
    assert.ok(before.some((line) => line.startsWith('app.db-wal')));
    const { exitCode, stderr } = await program.run(['plan', 'purge', '-p', 'database=data/app.db']);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(stateOf(program.path('data')), before);
  });
});

describe('a plan that is run later', () => {
  const words = ['-p', 'database=data/app.db'];

  test('is refused when the schema, a param or the runbook has changed; no lease is left', async () => {
    for (const change of [
      (program: Cli) => void program.database('data/app.db', 'ALTER TABLE entries ADD COLUMN more TEXT'),
      (program: Cli) =>
        void program.file('runbooks/purge.yaml', changingRunbook.replace('id > 50', 'id > 51')),
      (program: Cli) => {
        mkdirSync(program.path('other'));
        cpSync(program.path('data/app.db'), program.path('other/app.db'));
        return ['-p', 'database=other/app.db'];
      },
    ]) {
      await using program = planned();
      assert.equal((await program.run(['plan', 'purge', ...words, '--out', 'plan.json'])).exitCode, 0);
      const more = change(program) ?? [];
      const { stderr, exitCode } = await program.run(['run', 'purge', '--plan', 'plan.json', ...more]);
      assert.equal(exitCode, 4, stderr);
      assert.match(stderr, /plan\/stale/);
      const { targets } = (await program.run(['status', 'data/app.db', '--output', 'json'])).json() as {
        targets: { lease: { state: string } }[];
      };
      assert.deepEqual(
        targets.map(({ lease }) => lease.state),
        ['free'],
      );
    }
  });

  test('--detailed-exitcode tells whether it would change something', async () => {
    await using program = planned();
    assert.equal((await program.run(['plan', 'purge', ...words, '--detailed-exitcode'])).exitCode, 10);
    assert.equal((await program.run(['plan', 'look', ...words, '--detailed-exitcode'])).exitCode, 0);
  });

  test('its text is the same wherever the project lies, and names no size', async () => {
    await using one = planned();
    await using two = planned();
    two.database(
      'data/app.db',
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO entries(body) SELECT 'long text ' || i FROM n",
    );
    const [first, second] = await Promise.all(
      [one, two].map((program) => program.run(['plan', 'look', ...words])),
    );
    assert.equal(first?.rawStdout, second?.rawStdout);
    const purge = await one.run(['plan', 'purge', ...words]);
    assert.doesNotMatch(purge.rawStdout, /\d (bytes|kB|MB|GB|KiB|MiB)/);
  });
});

test('1,000 valid runbooks are validated in one call', async () => {
  await using program = project();
  for (let i = 0; i < 1000; i++)
    program.file(`many/book-${i}.yaml`, changingRunbook.replace('name: purge', `name: purge-${i}`));
  const { exitCode, stdout, stderr } = await program.run(['validate', 'many', '--output', 'json']);
  assert.equal(exitCode, 0, stderr + stdout.slice(0, 2000));
  assert.deepEqual(JSON.parse(stdout).findings, []);
});

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Cli } from '../support/cli.ts';
import { project } from './support.ts';

interface Listed {
  readonly id: string;
  readonly path: string;
  readonly verified: string;
  readonly label: string | null;
}

async function list(program: Cli, ...args: string[]): Promise<Listed[]> {
  return (await program.run(['backup', 'list', ...args, '--output', 'json'])).json().backups as Listed[];
}

async function create(program: Cli, ...args: string[]): Promise<string> {
  const { exitCode, stderr } = await program.run(['backup', 'create', '--target', 'app', ...args]);
  assert.equal(exitCode, 0, stderr);
  return (await list(program))[0]?.id ?? '';
}

describe('belay backup', () => {
  test('create is a run, and list, show and verify know the backup', async () => {
    await using program = project();
    const id = await create(program, '--label', 'by-hand');
    const [entry] = await list(program, '--target', 'app');
    assert.deepEqual([entry?.id, entry?.label, entry?.verified], [id, 'by-hand', 'quick']);
    assert.match((await program.run(['runs'])).stdout, /backup-create +succeeded/);
    assert.match((await program.run(['backup', 'show', id])).stdout, /^tables {4}entries: 200 rows$/m);
    assert.equal((await program.run(['backup', 'verify', id])).exitCode, 0);
    const found = await program.run(['backup', 'find', '--target', 'app', '--full']);
    assert.equal(found.rawStdout, `${id}\n`);
  });

  test('--store needs no project and no state', async () => {
    await using program = project();
    await create(program, '--store', 'elsewhere');
    const [{ id } = { id: '' }] = await list(program, '--store', 'elsewhere');
    assert.notEqual(id, '');
    rmSync(program.path('.belay'), { recursive: true });
    rmSync(program.path('belay.yaml'));
    assert.deepEqual(
      (await list(program, '--store', 'elsewhere')).map((entry) => entry.id),
      [id],
    );
    assert.equal((await program.run(['backup', 'verify', id, '--store', 'elsewhere'])).exitCode, 0);
    assert.ok(!program.exists('.belay'));
    assert.notEqual((await program.run(['backup', 'list', '--store', 'nowhere'])).exitCode, 0);
  });

  test('verify finds damage and exits 12', async () => {
    await using program = project();
    const id = await create(program);
    const [entry] = await list(program);
    const artifact = program.list().find((name) => name.endsWith('.zst')) ?? '';
    assert.ok(entry);
    writeFileSync(program.path(artifact), Buffer.alloc(10));
    const { stdout, exitCode } = await program.run(['backup', 'verify', id]);
    assert.equal(exitCode, 12);
    assert.match(stdout, /^DAMAGED {2}bak-<id>: /);
    assert.equal((await program.run(['backup', 'find', '--target', 'app'])).exitCode, 12);
    assert.ok(join(entry.path, 'manifest.json'));
  });

  test('restore shows what would be lost and asks; without a terminal and an answer nothing happens', async () => {
    await using program = project();
    const id = await create(program);
    await program.run(['run', 'purge', '-p', 'database=app.db']);
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
    const asked = await program.run(['backup', 'restore', id, '--target', 'app']);
    assert.equal(asked.exitCode, 4);
    assert.match(asked.stderr, /^ {2}entries: 50 rows → 200 rows$/m);
    assert.match(asked.stderr, /error\[gate\/nobody-to-ask\][\s\S]*fix: give `--confirm app\.db`/);
    const wrong = await program.run(['backup', 'restore', id, '--target', 'app', '--confirm', 'ap.db']);
    assert.equal(wrong.exitCode, 5);
    assert.match(wrong.stderr, /^error\[gate\/declined\]/);
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
  });

  test('restore puts the content back, and keeps the state before as a backup', async () => {
    await using program = project();
    const id = await create(program);
    await program.run(['run', 'purge', '-p', 'database=app.db']);
    const { stderr, exitCode } = await program.run([
      'backup',
      'restore',
      id,
      '--target',
      'app',
      '--confirm',
      'app.db',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 200);
    const labels = (await list(program, '--target', 'app')).map(({ label }) => label);
    assert.ok(labels.includes('before-restore'));
  });

  test('a backup of another database is refused unless that is meant', async () => {
    await using program = project();
    const id = await create(program);
    program.database('other.db', 'CREATE TABLE x(a); INSERT INTO x VALUES (1)');
    const args = ['backup', 'restore', id, '--path', 'other.db', '--confirm', 'other.db'];
    const refused = await program.run(args);
    assert.match(refused.stderr, /^error\[backup\/wrong-database\]/);
    const { exitCode, stderr } = await program.run([...args, '--other-database']);
    assert.equal(exitCode, 0, stderr);
    assert.equal(program.query('other.db', 'SELECT count(*) FROM entries'), 200);
  });

  test('expire says why, removes only without --dry-run, and keeps the newest', async () => {
    await using program = project();
    await create(program);
    await create(program);
    const newest = await create(program);
    const dry = await program.run(['backup', 'expire', '--target', 'app', '--keep', 'last=1', '--dry-run']);
    assert.match(dry.stdout, /^keep .*last 1 of 1/m);
    assert.equal((await list(program)).length, 3);
    const { exitCode, stderr } = await program.run([
      'backup',
      'expire',
      '--target',
      'app',
      '--keep',
      'last=1',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      (await list(program)).map(({ id }) => id),
      [newest],
    );
    assert.equal(
      (await program.run(['backup', 'expire', '--target', 'app'])).exitCode,
      2,
      'no policy is given',
    );
    assert.equal((await program.run(['backup', 'expire', '--target', 'app', '--keep', 'lst=1'])).exitCode, 2);
  });

  test('status knows the backup and its age', async () => {
    await using program = project();
    assert.equal((await program.run(['status', 'app', '--check'])).exitCode, 12, 'there is no backup yet');
    await create(program);
    const { stdout, exitCode } = await program.run(['status', 'app', '--check']);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /backup {4}bak-<id>, .* old, verified: quick/);
    assert.match(stdout, /lease {5}free/);
  });

  test('copies that runs take for themselves are no backup: status says so, and find passes over what was taken back', async () => {
    await using program = project();
    program.file(
      'runbooks/job.yaml',
      `apiVersion: belay/v1
name: job
title: A job
description: Changes the schema, then fails.
targets:
  db: { use: app }
steps:
  - { id: alter, action: sqlite.execute, with: { target: db, sql: "CREATE TABLE later(x)" } }
  - { id: fail, assert: "\${{ 1 > 2 }}", message: this never holds }
`,
    );
    const failed = await program.run(['run', 'job']);
    assert.equal(failed.exitCode, 6, failed.stderr);
    const alone = await program.run(['status', 'app', '--check']);
    assert.equal(alone.exitCode, 12);
    assert.match(alone.stdout, /backup {4}no verified backup/);
    const id = await create(program);
    await program.run(['run', 'job']);
    const copies = await list(program);
    const [aside, before] = ['quarantine', 'pre-operation'].map(
      (label) => copies.find((each) => each.label === label)?.id,
    );
    const status = (await program.run(['status', 'app', '--output', 'json'])).json() as {
      targets: { backup: { id: string }; ownCopy: { id: string } }[];
    };
    assert.deepEqual([status.targets[0]?.backup.id, status.targets[0]?.ownCopy.id], [id, before]);
    const { stdout } = await program.run(['status', 'app']);
    assert.match(stdout, /newer: bak-<id>, .* old, the copy from before run-<id>\s+changed something/);
    const found = (await program.run(['backup', 'find', '--target', 'app', '--output', 'json'])).json();
    assert.equal((found.backup as { id: string }).id, before);
    assert.ok((found.rejected as { id: string }[]).some((each) => each.id === aside));
    const asked = ['backup', 'find', '--target', 'app', '--label', 'quarantine'];
    assert.match((await program.run(asked)).rawStdout, new RegExp(String(aside)));
  });
});

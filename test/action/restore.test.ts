// `backup.quarantine`, and `backup.restore` where no readable database is.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../../src/diagnostic/index.ts';
import { type Workbench, workbench } from './support.ts';

const notes = 'CREATE TABLE notes(id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1), (2), (3);';

function failsWith(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

async function backUp(bench: Workbench): Promise<{ id: string }> {
  const { outputs } = await bench.run('backup.create', { target: 'db' });
  return outputs.backup as { id: string };
}

/** Written over the file, the sidecars left as they are. */
async function damage(bench: Workbench): Promise<void> {
  await bench.release();
  writeFileSync(bench.path, 'no database');
}

test('quarantine moves the four files together, announced first, and `putBack` moves them back', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  await bench.release();
  writeFileSync(`${bench.path}-journal`, 'a journal');
  const before = readFileSync(bench.path);
  const { outputs } = await bench.run('backup.quarantine', { target: 'db' });
  const folder = String(outputs.path);
  assert.equal(existsSync(bench.path), false);
  assert.ok((outputs.files as string[]).includes('app.db-journal'));
  assert.deepEqual(readFileSync(join(folder, 'app.db')), before);
  const types = bench.recorded.map(({ type }) => type);
  assert.deepEqual(types.slice(-2), ['commit-announced', 'committed']);
  // As a run does that is gone on with, after what its predecessor had announced was found done.
  await bench.run('backup.quarantine', { target: 'db' });
  assert.equal(bench.recorded.length, types.length);
  await bench.run('backup.quarantine', { target: 'db', putBack: folder });
  assert.deepEqual(readFileSync(bench.path), before);
  assert.ok(existsSync(`${bench.path}-journal`));
  assert.equal(existsSync(join(folder, 'app.db')), false);
});

test('what is in quarantine is offered by nothing, and comes back only where nothing is', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const { outputs } = await bench.run('backup.quarantine', { target: 'db' });
  await assert.rejects(
    bench.run('backup.find', { target: 'db' }),
    failsWith('action/no-backup-found', /there is none/),
  );
  const putBack = String(outputs.path);
  writeFileSync(bench.path, 'somebody made a new one');
  await assert.rejects(
    bench.run('backup.quarantine', { target: 'db', putBack }),
    failsWith('target/occupied', /app\.db` exists/),
  );
  rmSync(bench.path);
  writeFileSync(join(putBack, 'app.db'), 'changed');
  await assert.rejects(
    bench.run('backup.quarantine', { target: 'db', putBack }),
    failsWith('target/not-a-quarantine', /`app\.db` is not the file that was put there/),
  );
});

test('quarantine of nothing is no failure; of a file that another process holds it is one', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const holder = spawn('/bin/sh', ['-c', 'exec 5<"$0"; echo held; exec sleep 60', bench.path]);
  try {
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await assert.rejects(
      bench.run('backup.quarantine', { target: 'db' }),
      failsWith('target/in-use', new RegExp(`sleep \\(pid ${holder.pid}, open file\\)`)),
    );
    assert.ok(existsSync(bench.path));
  } finally {
    holder.kill('SIGKILL');
  }
  await bench.release();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${bench.path}${suffix}`, { force: true });
  const { outputs } = await bench.run('backup.quarantine', { target: 'db' });
  assert.deepEqual(outputs, { path: '', files: [], moved: false });
});

test('a restore over an unreadable file sets it aside and puts the backup in its place', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const { id } = await backUp(bench);
  await damage(bench);
  await bench.run('backup.restore', { target: 'db', backup: id });
  assert.deepEqual(
    bench.rows('SELECT count(*) AS n FROM notes').map((row) => ({ ...(row as object) })),
    [{ n: 3 }],
  );
  const [aside] = bench.quarantined();
  assert.equal(readFileSync(join(aside ?? '', 'app.db'), 'utf8'), 'no database');
});

test('a damaged backup is never put anywhere, and the unreadable file stays', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const { outputs } = await bench.run('backup.create', { target: 'db' });
  const { id, path } = outputs.backup as { id: string; path: string };
  const artifact = join(path, 'database.sqlite.zst');
  const bytes = readFileSync(artifact);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(artifact, bytes);
  await damage(bench);
  await assert.rejects(
    bench.run('backup.restore', { target: 'db', backup: id }),
    failsWith('backup/damaged', /is damaged/),
  );
  assert.equal(readFileSync(bench.path, 'utf8'), 'no database');
});

test('a target that is a dangling link is restored to where the link leads', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  await bench.release();
  const real = join(bench.folder, 'real.db');
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(`${bench.path}${suffix}`)) renameSync(`${bench.path}${suffix}`, `${real}${suffix}`);
  symlinkSync('real.db', bench.path);
  await assert.rejects(
    bench.run('backup.restore', { target: 'db', backup: 'bak-20260101-000000-none' }),
    failsWith('backup/not-found', /there is no backup/),
  );
  await bench.run('backup.quarantine', { target: 'db' });
  assert.equal(existsSync(real), false);
  assert.ok(existsSync(`${real}.belay-quarantine`));
});

test('what is refused before anything moves is not announced; a restore that is refused leaves no open commit', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const { id } = await backUp(bench);
  await damage(bench);
  const holder = spawn('/bin/sh', ['-c', 'exec 5<"$0"; echo held; exec sleep 60', bench.path]);
  try {
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const restore = bench.run('backup.restore', { target: 'db', backup: id });
    await assert.rejects(restore, failsWith('target/in-use', /held open by sleep/));
    const aside = bench.run('backup.quarantine', { target: 'db' });
    await assert.rejects(aside, failsWith('target/in-use', /held open by sleep/));
    assert.deepEqual(
      bench.recorded.filter(({ type }) => type === 'commit-announced'),
      [],
    );
  } finally {
    holder.kill('SIGKILL');
  }
});

test('a quarantine that was interrupted half-way is completed by doing it again', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  await bench.release();
  writeFileSync(`${bench.path}-journal`, 'a journal');
  const { outputs } = await bench.run('backup.quarantine', { target: 'db' });
  const folder = String(outputs.path);
  renameSync(join(folder, 'app.db-journal'), `${bench.path}-journal`);
  const again = await bench.run('backup.quarantine', { target: 'db' });
  assert.deepEqual(again.outputs, outputs);
  assert.equal(existsSync(`${bench.path}-journal`), false);
  assert.ok(existsSync(join(folder, 'app.db-journal')));
});

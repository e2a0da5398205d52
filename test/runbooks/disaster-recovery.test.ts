// Disaster recovery as an operator does it: a service that holds the database, damage, and backups good and bad.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';
import { backUp, flipBit, notes, overwrite, run, runbooks, service, textOf } from './recovery-support.ts';

const recovery = join(runbooks, 'disaster-recovery.yaml');
const base = [recovery, '-p', 'database=app.db'];
const withService = (command: unknown) => [...base, '-p', `service:=${JSON.stringify(command)}`];
const garbage = 'this is no database any more';

test('a damaged database under a running service is set aside, restored, and the service is well again', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db');
  const id = await backUp(work, 'app.db');
  app.start();
  overwrite(work.path('app.db'), 0, garbage);
  const { exitCode, outputs, result } = await run(work, [
    ...withService(app.command),
    '-p',
    `health=${app.url()}`,
  ]);
  assert.equal(exitCode, 0, result.rawStderr + result.rawStdout);
  assert.equal(outputs.backup, id);
  assert.deepEqual(await app.ask(), { status: 'ok', notes: 500 });
  const quarantine = String(outputs.quarantine);
  assert.ok(textOf(join(quarantine, 'app.db')).startsWith(garbage));
  assert.ok(readdirSync(quarantine).includes('quarantine.json'));
});

test('the newest backup has a flipped bit: the one before is taken, and the screen says why', async () => {
  await using work = cli();
  work.database('app.db', notes);
  const good = await backUp(work, 'app.db');
  const bad = await backUp(work, 'app.db');
  await flipBit(work, bad);
  overwrite(work.path('app.db'), 0, garbage);
  const { exitCode, outputs, warnings } = await run(work, base);
  assert.equal(exitCode, 0);
  assert.equal(outputs.backup, good);
  assert.deepEqual(
    (outputs.rejected as { id: string }[]).map((each) => each.id),
    [bad],
  );
  assert.match(warnings.join('\n'), new RegExp(`backup \`${bad}\` was passed over: .+`));
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 500);
});

test('no backup verifies: nothing is stopped, nothing is moved, and the reason is said', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db');
  const bad = await backUp(work, 'app.db');
  app.start();
  await flipBit(work, bad);
  overwrite(work.path('app.db'), 0, garbage);
  const { exitCode, message, result } = await run(work, withService(app.command));
  assert.equal(exitCode, 4, result.rawStderr);
  assert.match(message, new RegExp(`no backup of \`db\` fits: 1 backup passed over \\(\`${bad}\``));
  assert.ok(app.isRunning());
  assert.ok(textOf(work.path('app.db')).startsWith(garbage));
  assert.ok(!work.exists('app.db.belay-quarantine'));
});

test('a plan of a recovery touches nothing, and says what it did not look at', async () => {
  await using work = cli();
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  rmSync(work.path('app.db'));
  for (const suffix of ['-wal', '-shm']) rmSync(work.path(`app.db${suffix}`), { force: true });
  const before = work.list();
  const plan = await work.run(['plan', ...base]);
  assert.equal(plan.exitCode, 0, plan.rawStderr);
  assert.match(plan.rawStdout, /not simulated {2}good/);
  assert.match(plan.rawStdout, /would run +aside/);
  assert.deepEqual(work.list(), before);
});

for (const [what, harm] of [
  ['absent', (path: string) => rmSync(path)],
  ['empty', (path: string) => truncateSync(path, 0)],
  ['cut off', (path: string) => truncateSync(path, 20_480)],
] as const) {
  test(`a database that is ${what} is recovered`, async () => {
    await using work = cli();
    work.database('app.db', notes);
    const id = await backUp(work, 'app.db');
    for (const suffix of ['-wal', '-shm']) rmSync(work.path(`app.db${suffix}`), { force: true });
    harm(work.path('app.db'));
    const { exitCode, outputs, result } = await run(work, base);
    assert.equal(exitCode, 0, result.rawStderr + result.rawStdout);
    assert.equal(outputs.backup, id);
    assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 500);
    assert.equal(work.query('app.db', 'PRAGMA journal_mode'), 'wal');
  });
}

test('damage inside of pages is found; a sound database is refused, and -p force=true recovers it', async () => {
  await using work = cli();
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  const sound = await run(work, base);
  assert.equal(sound.exitCode, 6, sound.result.rawStderr);
  assert.match(sound.message, /No damage was found/);
  assert.deepEqual(
    work.list().filter((name) => name.includes('quarantine')),
    [],
  );
  assert.equal((await run(work, [...base, '-p', 'force=true'])).exitCode, 0);
  overwrite(work.path('app.db'), statSync(work.path('app.db')).size - 4096, garbage.repeat(50));
  const inside = await run(work, base);
  assert.equal(inside.exitCode, 0, inside.result.rawStderr + inside.result.rawStdout);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 500);
});

test('somebody else holds the file: they are named, nothing is moved', async () => {
  await using work = cli();
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  overwrite(work.path('app.db'), 0, garbage);
  const holder = spawn('/bin/sh', ['-c', 'exec 5<"$0"; echo held; exec sleep 60', work.path('app.db')]);
  try {
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const { exitCode, message, states } = await run(work, base);
    assert.equal(exitCode, 6);
    assert.equal(states.aside, 'failed');
    assert.match(message, new RegExp(`held open by sleep \\(pid ${holder.pid}, open file\\)`));
    assert.ok(textOf(work.path('app.db')).startsWith(garbage));
  } finally {
    holder.kill('SIGKILL');
  }
});

test('a service that does not stop ends the recovery before anything is moved', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db', 'stubborn');
  await backUp(work, 'app.db');
  app.start();
  overwrite(work.path('app.db'), 0, garbage);
  const { exitCode, message, states } = await run(work, [...withService(app.command), '-p', 'stopWithin=1s']);
  assert.equal(exitCode, 6);
  assert.equal(states.stop, 'failed');
  assert.match(message, /was not stopped within 1s/);
  assert.ok(work.exists('app.db'));
});

test('a health check that stays red keeps the restored database', async () => {
  await using work = cli();
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  overwrite(work.path('app.db'), 0, garbage);
  work.file('quick.yaml', textOf(recovery).replace('limit: 10, interval: 1s', 'limit: 1, interval: 1s'));
  const { exitCode, states } = await run(work, [
    'quick.yaml',
    '-p',
    'database=app.db',
    '-p',
    'health=http://127.0.0.1:9/',
  ]);
  assert.equal(exitCode, 9);
  assert.equal(states.healthy, 'failed');
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 500);
});

test('run as root for the database of another user, that user can go on with it', {
  skip: process.getuid?.() !== 0 && 'needs root to become another user',
}, async () => {
  await using work = cli();
  const nobody = 65_534;
  work.database('app.db', notes);
  chmodSync(work.folder, 0o755);
  chownSync(work.folder, nobody, nobody);
  for (const name of work.list()) chownSync(work.path(name), nobody, nobody);
  chmodSync(work.path('app.db'), 0o640);
  await backUp(work, 'app.db');
  rmSync(work.path('app.db'));
  for (const suffix of ['-wal', '-shm']) rmSync(work.path(`app.db${suffix}`), { force: true });
  const { exitCode, result } = await run(work, base);
  assert.equal(exitCode, 0, result.rawStderr + result.rawStdout);
  const { uid, gid, mode } = statSync(work.path('app.db'));
  assert.deepEqual([uid, gid, mode & 0o777], [nobody, nobody, 0o640]);
  for (const name of work.list().filter((each) => /^app\.db(-|\.belay-lock)/.test(each)))
    assert.equal(statSync(work.path(name)).uid, nobody, name);
  const child = spawn(
    process.execPath,
    [
      '-e',
      `const { DatabaseSync } = require('node:sqlite');
         new DatabaseSync(process.argv[1]).exec("INSERT INTO notes(body) VALUES ('as nobody')");`,
      work.path('app.db'),
    ],
    { uid: nobody, gid: nobody, stdio: 'inherit' },
  );
  assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
});

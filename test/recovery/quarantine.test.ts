// A recovery that fails before `accept`: the damaged files come back as they were, all four, byte for byte.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { arm, cannotShim } from '../crash/shim.ts';
import { backUp, notes, overwrite, runbooks, service } from '../runbooks/recovery-support.ts';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const names = ['app.db', 'app.db-wal', 'app.db-shm', 'app.db-journal'];
const recovery = join(runbooks, 'disaster-recovery.yaml');
const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }';
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** The bundled recovery, with a check that fails where `accept` would be. */
function failing(more = ''): string {
  return readFileSync(recovery, 'utf8').replace(/^ {4}accept: true$/m, `${more}\n${never}`);
}

function bytes(work: Cli): Record<string, string> {
  return Object.fromEntries(
    names
      .filter((name) => existsSync(work.path(name)))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(work.path(name)))
          .digest('hex'),
      ]),
  );
}

/** A backup, then a damaged database with something in each of its four files. */
async function damaged(work: Cli): Promise<Record<string, string>> {
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  overwrite(work.path('app.db'), 0, 'this is no database any more');
  for (const name of names.slice(1)) writeFileSync(work.path(name), `what is left of ${name}`);
  return bytes(work);
}

function recover(work: Cli, ...more: readonly string[]): Promise<CliResult> {
  return work.run(['run', 'job.yaml', '-p', 'database=app.db', ...more]);
}

test('all four files are back byte for byte, and the screen says where the restored one is', async () => {
  await using work = cli();
  const before = await damaged(work);
  assert.equal(Object.keys(before).length, 4);
  work.file('job.yaml', failing());
  const result = await recover(work);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.deepEqual(bytes(work), before);
  assert.match(
    flat(result.stderr),
    /data `db` is as before: its files were moved back, byte for byte; what the run had put there is in quarantine in `<folder>\/app\.db\.belay-quarantine\/run-<id>-rollback`/,
  );
});

test('where no file was, none is left', async () => {
  await using work = cli();
  work.database('app.db', notes);
  await backUp(work, 'app.db');
  for (const name of names) rmSync(work.path(name), { force: true });
  work.file('job.yaml', failing());
  const result = await recover(work);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.deepEqual(bytes(work), {});
  assert.match(
    flat(result.stderr),
    /`db` is as before: no file is there; what the run had put there is in quarantine/,
  );
});

test('a restore without a quarantine of its own is taken back in the same way', async () => {
  await using work = cli();
  const before = await damaged(work);
  work.file(
    'job.yaml',
    failing()
      .replace(/ {2}- id: aside[\s\S]*?\n\n/, '')
      .replace(/^ {2}quarantine:.*$/m, ''),
  );
  const result = await recover(work);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.deepEqual(bytes(work), before);
});

test('the service ran on a damaged database: it is not started on it again, and that stands in red', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db');
  await backUp(work, 'app.db');
  app.start();
  overwrite(work.path('app.db'), 0, 'this is no database any more');
  work.file('job.yaml', failing());
  const result = await recover(work, '-p', `service:=${JSON.stringify(app.command)}`);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(app.isRunning(), false);
  const said = flat(result.stderr);
  assert.match(said, /`db` is as before/);
  assert.match(said, /service `.*` was running, and is stopped now/);
});

test('the service ran on a sound database: it runs again on the same bytes', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db');
  await backUp(work, 'app.db');
  app.start();
  work.file('job.yaml', failing());
  const result = await recover(work, '-p', `service:=${JSON.stringify(app.command)}`, '-p', 'force=true');
  assert.equal(result.exitCode, 6, result.stderr);
  assert.deepEqual(await app.ask(), { status: 'ok', notes: 500 });
  assert.doesNotMatch(result.stderr, /^service/m);
});

test('a service that is stopped half-way when the engine dies is started again by the rollback', async () => {
  await using work = cli();
  work.database('app.db', notes);
  using app = service(work, 'app.db');
  await backUp(work, 'app.db');
  app.start();
  work.file('job.yaml', failing());
  const slow = {
    ...app.command,
    stop: ['sh', '-c', `${app.command.stop.join(' ')}; touch stopped; sleep 60`],
  };
  const going = work.start([
    'run',
    'job.yaml',
    '-p',
    'database=app.db',
    '-p',
    'force=true',
    '-p',
    `service:=${JSON.stringify(slow)}`,
  ]);
  while (!work.exists('stopped')) await new Promise((resolve) => setTimeout(resolve, 20));
  going.child.kill('SIGKILL');
  await going.ended;
  while (app.isRunning()) await new Promise((resolve) => setTimeout(resolve, 20));
  const result = await work.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.ok(app.isRunning(), result.stderr);
});

test('others wrote to the restored database: it stays, and the screen names the quarantine', async () => {
  await using work = cli();
  await damaged(work);
  const write =
    "new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(`INSERT INTO notes(body) VALUES ('new')`)";
  const argv = JSON.stringify([process.execPath, '-e', write, work.path('app.db')]);
  work.file('job.yaml', failing(`\n  - { id: other, action: command.run, with: { argv: ${argv} } }`));
  const result = await recover(work);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 501);
  assert.match(
    flat(result.stderr),
    /others have written to what was put in its place; its files from before are in `<folder>\/app\.db\.belay-quarantine\/run-<id>-aside`/,
  );
});

test('a failure after `accept` keeps the restored database and names the quarantine, exit 9', async () => {
  await using work = cli();
  await damaged(work);
  work.file('job.yaml', readFileSync(recovery, 'utf8').replace('accept: true', `accept: true\n\n${never}`));
  const result = await recover(work);
  assert.equal(result.exitCode, 9, result.stderr);
  assert.match(flat(result.stderr), /the files of `db` from before are in quarantine in `<folder>/);
});

test('killed when everything is back and nothing says so, it is not opened and set aside again', {
  skip: cannotShim,
}, async () => {
  await using work = cli();
  work.database('app.db', notes);
  const backup = await backUp(work, 'app.db');
  // Closed by its last reader, it has no log beside it.
  work.database('app.db', 'DELETE FROM notes WHERE id > 400');
  const before = bytes(work);
  assert.deepEqual(Object.keys(before), ['app.db']);
  work.file(
    'job.yaml',
    `apiVersion: belay/v1
name: job
targets: { db: { driver: sqlite, path: ./app.db, expect: any } }
steps:
  - { id: aside, action: backup.quarantine, with: { target: db } }
  - { id: back, action: backup.restore, with: { target: db, backup: ${backup} } }
  - { id: more, action: sqlite.execute, with: { target: db, sql: DELETE FROM notes } }
${never}
`,
  );
  const below = [work.path('app.db.belay-quarantine')];
  const counting = arm({ role: 'engine', at: 0, fault: 'count', below });
  const whole = await work.run(['run', 'job.yaml'], { env: counting.env });
  assert.equal(whole.exitCode, 6, whole.stderr);
  assert.deepEqual(bytes(work), before);
  rmSync(work.path('app.db.belay-quarantine'), { recursive: true });
  // The last of them is the sync after the files came back; the record of it is next.
  const shim = arm({ role: 'engine', at: counting.counts().engine, fault: 'kill', isAfter: true, below });
  assert.equal((await work.run(['run', 'job.yaml'], { env: shim.env })).exitCode, null);
  assert.deepEqual(bytes(work), before);
  const { exitCode, stderr } = await work.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(bytes(work), before);
});

test('killed at any call that changes a file, it ends as before by `belay rollback`', {
  skip: cannotShim,
}, async (t) => {
  const rounds = Number(process.env.BELAY_CRASH_KILLS ?? 8);
  await using work = cli();
  const before = await damaged(work);
  work.file('job.yaml', failing());
  await using template = cli();
  cpSync(work.folder, template.folder, { recursive: true });
  const command = ['run', 'job.yaml', '-p', 'database=app.db'];
  const below = names.map((name) => work.path(name)).concat(work.path('app.db.belay-quarantine'));
  const counting = arm({ role: 'engine', at: 0, fault: 'count', below });
  await work.run(command, { env: counting.env });
  const calls = counting.counts().engine;
  assert.ok(calls > 20, String(calls));
  for (let round = 0; round < rounds; round++) {
    const at = 1 + Math.floor((round * calls) / rounds);
    for (const name of readdirSync(work.folder)) rmSync(work.path(name), { recursive: true, force: true });
    cpSync(template.folder, work.folder, { recursive: true });
    const shim = arm({ role: 'engine', at, fault: 'kill', below });
    const { exitCode } = await work.run(command, { env: shim.env });
    const trail = [`killed at ${at} of ${calls}: ${exitCode}`];
    // The rollback is killed once as well.
    const second = arm({ role: 'engine', at: 1 + ((round * 7) % 23), fault: 'kill', below });
    for (const env of [second.env, {}]) {
      const result = await work.run(['rollback', 'last', '--confirm', 'app.db'], { env });
      trail.push(`rollback: ${result.exitCode} ${result.stderr.slice(-1200)}`);
      const isDone = result.exitCode === 0 || /there is nothing to put back/.test(result.stderr);
      if (env !== second.env) assert.ok(isDone, trail.join('\n'));
    }
    t.diagnostic(trail[0] ?? '');
    assert.deepEqual(bytes(work), before, trail.join('\n'));
  }
});

// `service.stop` and `service.start` against a real service that holds the database, and programs that misbehave.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { actionOf } from '../../src/action/index.ts';
import { Failure } from '../../src/diagnostic/index.ts';
import { problems, workbench } from './support.ts';

const fixture = join(import.meta.dirname, '../fixtures/service.ts');
const notes = 'CREATE TABLE notes(id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1);';

/** A service on the workbench's database, and how to control it; it ends when the folder of the test is gone. */
function serviceOf(folder: string, path: string, manner = '') {
  const argv = (verb: string) => [process.execPath, fixture, verb, folder, path, manner];
  const call = (verb: string) => spawnSync(process.execPath, argv(verb).slice(1));
  return {
    command: { start: argv('start'), stop: argv('stop'), status: argv('status') },
    start: () => assert.equal(call('start').status, 0),
    isRunning: () => call('status').status === 0,
  };
}

function failsWith(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test('stop waits until the service is stopped, and says the state before; undo starts it again', async (t) => {
  const bench = await workbench(t, notes);
  const app = serviceOf(bench.folder, bench.path);
  app.start();
  const input = { command: app.command, releases: ['db'] };
  const { outputs } = await bench.run('service.stop', input);
  assert.deepEqual(outputs, { before: 'running' });
  assert.equal(app.isRunning(), false);
  const undo = actionOf('service.stop')?.undoOf?.(input, outputs);
  assert.deepEqual(undo, { action: 'service.start', with: input });
  assert.deepEqual((await bench.run('service.start', undo?.with ?? {})).outputs, { before: 'stopped' });
  assert.equal(app.isRunning(), true);
});

test('a service that was stopped already is left so, by its undo too', async (t) => {
  const bench = await workbench(t, notes);
  const app = serviceOf(bench.folder, bench.path);
  const input = { command: app.command };
  const { outputs } = await bench.run('service.stop', input);
  assert.deepEqual(outputs, { before: 'stopped' });
  assert.equal(actionOf('service.stop')?.undoOf?.(input, outputs), undefined);
  const started = await bench.run('service.start', input);
  assert.deepEqual(actionOf('service.start')?.undoOf?.(input, started.outputs), {
    action: 'service.stop',
    with: input,
  });
});

test('a service that ignores being told is late', async (t) => {
  const bench = await workbench(t, notes);
  const app = serviceOf(bench.folder, bench.path, 'stubborn');
  app.start();
  await assert.rejects(
    bench.run('service.stop', { command: app.command, wait: '300ms' }),
    failsWith('action/service-late', /was not stopped within 300ms/),
  );
});

test('stop names another process that holds the file, or only its -wal', async (t) => {
  const bench = await workbench(t, notes);
  bench.exec('INSERT INTO notes VALUES (2)');
  const app = serviceOf(bench.folder, bench.path);
  for (const held of [bench.path, `${bench.path}-wal`]) {
    const holder = spawn('/bin/sh', ['-c', 'exec 5<"$0"; echo held; exec sleep 60', held]);
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      await assert.rejects(
        bench.run('service.stop', { command: app.command, releases: ['db'], wait: '200ms' }),
        failsWith('target/in-use', new RegExp(`by sleep \\(pid ${holder.pid}, open file\\)`)),
      );
    } finally {
      holder.kill('SIGKILL');
    }
  }
});

test('a command that fails is said with its exit code and last line', async (t) => {
  const bench = await workbench(t, notes);
  const command = {
    status: ['/bin/sh', '-c', 'exit 0'],
    stop: ['/bin/sh', '-c', 'echo no way >&2; exit 7'],
    start: ['true'],
  };
  await assert.rejects(
    bench.run('service.stop', { command }),
    failsWith('action/service-refused', /exited with 7: no way/),
  );
});

test('a status that is neither running nor stopped is not taken for either', async (t) => {
  const bench = await workbench(t, notes);
  const command = { status: ['/bin/sh', '-c', 'exit 42'], stop: ['true'], start: ['true'] };
  await assert.rejects(
    bench.run('service.stop', { command }),
    failsWith('action/service-unknown', /exited with 42/),
  );
  await assert.rejects(bench.run('service.stop', {}), failsWith('action/service-unknown', /found none/));
});

test('a service is never started on a database that cannot be read', async (t) => {
  const bench = await workbench(t, notes, { expect: 'any' });
  const app = serviceOf(bench.folder, bench.path);
  await bench.release();
  truncateSync(bench.path, 0);
  await assert.rejects(
    bench.run('service.start', { command: app.command, releases: ['db'] }),
    failsWith('action/service-without-database', /target `db` is empty/),
  );
  assert.equal(app.isRunning(), false);
});

/** A `systemctl` that keeps the state of one unit in a file, and says what it was asked. */
function fakeSystemd(t: TestContext, folder: string): () => string[] {
  const program = `#!/bin/sh
cd "${folder}"; echo "$*" >> asked
[ "$3" = app.service ] || { echo "System has not been booted with systemd" >&2; exit 1; }
case "$1" in
  is-active) cat unit; grep -qx active unit || exit 3 ;;
  stop) echo deactivating > unit; (sleep 0.3; echo inactive > unit) >/dev/null 2>&1 & ;;
  start) echo active > unit ;;
esac`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/systemctl'), program, { mode: 0o755 });
  writeFileSync(join(folder, 'unit'), 'active\n');
  const { PATH } = process.env;
  process.env.PATH = `${join(folder, 'bin')}:${PATH}`;
  t.after(() => {
    process.env.PATH = PATH;
  });
  return () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
}

test('a unit is told by systemctl, and one that is still deactivating is not stopped yet', async (t) => {
  const bench = await workbench(t, notes);
  const asked = fakeSystemd(t, bench.folder);
  const input = { unit: 'app.service' };
  assert.deepEqual((await bench.run('service.stop', input)).outputs, { before: 'running' });
  assert.equal(readFileSync(join(bench.folder, 'unit'), 'utf8'), 'inactive\n');
  assert.deepEqual(asked().slice(0, 2), ['is-active -- app.service', 'stop -- app.service']);
  assert.deepEqual((await bench.run('service.start', input)).outputs, { before: 'stopped' });
  assert.equal(readFileSync(join(bench.folder, 'unit'), 'utf8'), 'active\n');
});

test('without systemd the state of a unit is unknown, not stopped', async (t) => {
  const bench = await workbench(t, notes);
  fakeSystemd(t, bench.folder);
  await assert.rejects(
    bench.run('service.stop', { unit: 'other.service' }),
    failsWith('action/service-unknown', /System has not been booted with systemd/),
  );
});

test('a step names its service in one way', () => {
  const command = { start: ['a'], stop: ['b'], status: ['c'] };
  assert.deepEqual(problems('service.stop', { unit: 'app.service' }), []);
  assert.deepEqual(problems('service.stop', {}), [
    'expected exactly one of `unit` and `command`, found none',
  ]);
  assert.deepEqual(problems('service.start', { unit: 'app.service', command }), [
    'expected exactly one of `unit` and `command`, found both',
  ]);
});

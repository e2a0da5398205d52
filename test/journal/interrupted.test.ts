import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInterrupted, markInterrupted } from '../../src/journal/index.ts';
import { processStart } from '../../src/process/index.ts';
import { attemptStarted, openAt, runFinished, runStarted, temporaryFolder } from './support.ts';

/** A process in a group of its own, as the engine records it. */
function startProcess(script: string, env: Record<string, string> = {}, uid?: number) {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    ...(uid === undefined ? {} : { uid }),
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  const pid = child.pid ?? 0;
  return { child, recorded: { pid, processStart: processStart(pid) ?? '', group: pid } };
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Nobody else has a target. */
const unseen = { isHeld: () => false };

async function deadEngine() {
  const { child, recorded } = startProcess('exec sleep 60');
  await ended(child);
  return { pid: recorded.pid, processStart: recorded.processStart };
}

test('only a run that claims to be at work, on this host, with a dead engine is interrupted', async () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  const engine = await deadEngine();
  journal.append('run-alive', runStarted());
  journal.append('run-dead', runStarted(engine));
  journal.append('run-elsewhere', runStarted({ ...engine, host: 'elsewhere' }));
  journal.append('run-ended', runStarted(engine));
  journal.append('run-ended', runFinished());
  // The same pid, started at another time: not the recorded process.
  journal.append('run-reused', runStarted({ processStart: engine.processStart }));
  assert.deepEqual(
    findInterrupted(journal, unseen).map((run) => run.id),
    ['run-reused', 'run-dead'],
  );
  assert.equal(await markInterrupted(journal, 'run-alive', 'ada', unseen), undefined);
  const view = await markInterrupted(journal, 'run-dead', 'ada', unseen);
  assert.equal(view?.state, 'interrupted');
  assert.equal(await markInterrupted(journal, 'run-dead', 'ada', unseen), undefined);
});

test('what an interrupted run left running is ended before that is written down', async () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  const alive = startProcess('sleep 60 & echo up; wait');
  // Its leader is gone, its child lives on in the group with the run's id in the environment.
  const orphaned = startProcess('sleep 60 & echo $!', { BELAY_RUN: 'run-a', PATH: '/usr/bin:/bin' });
  const [line] = await once(orphaned.child.stdout, 'data');
  const orphan = Number(String(line));
  if (orphaned.child.exitCode === null) await once(orphaned.child, 'exit');
  assert.ok(processStart(orphan));
  journal.append('run-a', runStarted(await deadEngine()));
  journal.append('run-a', attemptStarted('check'));
  for (const { recorded } of [alive, orphaned])
    journal.append('run-a', { type: 'process-started', role: 'program', ...recorded });
  const view = await markInterrupted(journal, 'run-a', 'ada', unseen);
  assert.equal(processStart(alive.recorded.pid), undefined);
  assert.equal(processStart(orphan), undefined);
  assert.equal(view?.steps[0]?.state, 'unknown');
  const last = journal.events('run-a').at(-1)?.event;
  assert.deepEqual(last, { type: 'run-interrupted', foundBy: 'ada', lastStep: 'check' });
});

test('a process of the run that cannot be ended keeps the run from being called dead', {
  skip: process.geteuid?.() !== 0 && 'becoming another user needs root',
}, async () => {
  const folder = temporaryFolder();
  const engine = await deadEngine();
  // Neither the effective user below nor the real one (root, without its rights then).
  const { child, recorded } = startProcess('exec sleep 60', {}, 12_345);
  chmodSync(folder, 0o777);
  process.seteuid?.(65534);
  try {
    using journal = openAt(join(folder, 'state'));
    journal.append('run-a', runStarted(engine));
    journal.append('run-a', { type: 'process-started', role: 'sql', ...recorded });
    await assert.rejects(markInterrupted(journal, 'run-a', 'ada', unseen), {
      code: 'journal/process-survives',
      exit: 7,
      fix: `end it: \`kill -9 ${recorded.pid}\``,
    });
    assert.equal(journal.run('run-a')?.state, 'running');
  } finally {
    process.seteuid?.(0);
    await ended(child);
  }
});

test('a process that merely has a recorded pid or group is left alone', async () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  const stranger = startProcess('exec sleep 60');
  journal.append('run-a', runStarted(await deadEngine()));
  journal.append('run-a', {
    type: 'process-started',
    role: 'program',
    ...stranger.recorded,
    processStart: 'another start',
  });
  assert.equal((await markInterrupted(journal, 'run-a', 'ada', unseen))?.state, 'interrupted');
  assert.equal(processStart(stranger.recorded.pid), stranger.recorded.processStart);
  await ended(stranger.child);
});

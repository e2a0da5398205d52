import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, operatorName, processStart, thisProcess } from '../../src/process/index.ts';

test('a process knows itself, and others by pid and start', () => {
  const self = thisProcess();
  assert.deepEqual(self, { pid: process.pid, processStart: processStart(process.pid), host: hostname() });
  assert.equal(isSameProcess(self.pid, self.processStart), true);
  assert.equal(isSameProcess(self.pid, `${self.processStart}0`), false);
});

test('a process keeps its start over exec, and its name may hold anything', async () => {
  const child = spawn('/bin/sh', ['-c', 'read go; exec sleep 60'], {
    argv0: 'a) b (c 1 2',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const pid = child.pid ?? 0;
  const before = processStart(pid);
  assert.ok(before);
  child.stdin.end('go\n');
  await sleep(50);
  assert.equal(processStart(pid), before);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(processStart(pid), undefined);
});

test('what has ended but was not collected by its parent counts as dead', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(parent.stdout, 'data');
  await sleep(100);
  assert.equal(processStart(Number(String(line))), undefined);
  parent.kill('SIGKILL');
});

test('the operator is the effective user, with the person behind sudo', () => {
  const { username } = userInfo();
  assert.equal(operatorName({}), username);
  assert.equal(operatorName({ SUDO_USER: username }), username);
  assert.equal(operatorName({ SUDO_USER: 'someone-else' }), `${username} (sudo by someone-else)`);
});

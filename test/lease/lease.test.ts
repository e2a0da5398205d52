import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearLease, inspectLease, leasePath, takeLease } from '../../src/lease/index.ts';
import { assertLocksWork, isLockedForOthers } from '../../src/lease/lock-test.ts';
import { kill, newTarget, request, startHolder, startProcess } from './support.ts';

test('a lease is taken, seen by others, and free again after its release, with a growing token', async () => {
  const target = newTarget();
  chmodSync(target, 0o640);
  assert.deepEqual(inspectLease(target), { state: 'free' });
  assert.equal(existsSync(leasePath(target)), false);
  const lease = await takeLease(target, request('run-a'));
  assert.equal(lease.token, 1);
  assert.equal(statSync(lease.path).mode & 0o777, 0o640);
  const status = inspectLease(target);
  assert.equal(status.state, 'held');
  assert.equal(status.state === 'held' && status.row.runId, 'run-a');
  assert.equal(await isLockedForOthers(lease.path), true);
  lease.release();
  lease.release();
  assert.deepEqual(inspectLease(target), { state: 'free' });
  assert.equal(await isLockedForOthers(leasePath(target)), false);
  using next = await takeLease(target, request('run-b'));
  assert.equal(next.token, 2);
});

test('a live holder is named, in another process and in this one', async () => {
  const target = newTarget();
  const holder = await startHolder(target, 'run-a');
  try {
    assert.equal(inspectLease(target).state, 'held');
    const expected = {
      code: 'lease/held',
      exit: 4,
      message: new RegExp(
        `run \`run-a\` of ada \\(pid ${holder.pid} on .*, state folder \`/state\`\\) works on`,
      ),
    };
    await assert.rejects(takeLease(target, request('run-b')), expected);
    await assert.rejects(takeLease(target, request('run-b', { waitMs: 100 })), { code: 'lease/held' });
    assert.throws(() => clearLease(target, 'run-a'), { code: 'lease/held' });
  } finally {
    await kill(holder);
  }
  const own = newTarget();
  using _lease = await takeLease(own, request('run-a'));
  await assert.rejects(takeLease(own, request('run-b')), { code: 'lease/held' });
});

test('a waiter is told once whom it waits for, and gets the lease when it is released', async () => {
  const target = newTarget();
  const lease = await takeLease(target, request('run-a'));
  const told: string[] = [];
  const waiting = takeLease(
    target,
    request('run-b', { waitMs: 20_000, onWait: (row) => told.push(row.runId) }),
  );
  while (told.length === 0) await sleep(5);
  lease.release();
  using next = await waiting;
  assert.equal(next.token, 2);
  assert.deepEqual(told, ['run-a']);
});

test('an aborted wait ends with the reason of the abort and leaves the lease alone', async () => {
  const target = newTarget();
  using _lease = await takeLease(target, request('run-a'));
  const abort = new AbortController();
  const waiting = takeLease(
    target,
    request('run-b', { waitMs: 20_000, signal: abort.signal, onWait: () => abort.abort(new Error('stop')) }),
  );
  await assert.rejects(waiting, (error: Error) => error.name === 'AbortError' || error.message === 'stop');
  assert.equal(inspectLease(target).state, 'held');
});

test('a killed holder leaves its row: others are refused and told the run, until it is given up', async () => {
  const target = newTarget();
  await kill(await startHolder(target, 'run-a'));
  const status = inspectLease(target);
  assert.equal(status.state, 'left');
  assert.equal(status.state === 'left' && status.isOtherHost, false);
  await assert.rejects(takeLease(target, request('run-b')), {
    code: 'lease/interrupted-run',
    exit: 4,
    fix: /belay runs show run-a --state .* the ways on/,
    details: {
      lease: leasePath(target),
      runId: 'run-a',
      holder: status.state === 'left' ? status.row : undefined,
    },
  });
  assert.equal(clearLease(target, 'run-z'), false);
  assert.equal(clearLease(target, 'run-a'), true);
  assert.equal(clearLease(target, 'run-a'), false);
  using next = await takeLease(target, request('run-b'));
  assert.equal(next.token, 2);
});

test("another host's row is never taken over", async () => {
  const target = newTarget();
  await kill(await startHolder(target, 'run-a', 'elsewhere'));
  assert.deepEqual(
    inspectLease(target).state === 'left' && (inspectLease(target) as { isOtherHost: boolean }).isOtherHost,
    true,
  );
  await assert.rejects(takeLease(target, request('run-b')), { code: 'lease/other-host', exit: 4 });
});

test('of two processes that race for a lease exactly one wins, every time', async () => {
  const rounds = 200;
  const target = newTarget();
  const racer = (name: string) =>
    startProcess(`
      import { createInterface } from 'node:readline';
      let lease;
      for await (const line of createInterface({ input: process.stdin })) {
        if (line === 'release') { lease?.release(); lease = undefined; console.log('released'); continue; }
        try {
          lease = await api.takeLease(${JSON.stringify(target)}, { ...${JSON.stringify(request(name))}, runId: line });
          console.log('won ' + lease.token);
        } catch (error) { console.log(error.code); }
      }
    `);
  const racers = [racer('a'), racer('b')];
  const tokens: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [i, { child }] of racers.entries()) child.stdin?.write(`run-${round}-${i}\n`);
      const answers = await Promise.all(racers.map(({ line }) => line()));
      const won = answers.filter((answer) => answer.startsWith('won '));
      assert.equal(won.length, 1, `round ${round}: ${answers}`);
      assert.equal(
        answers.filter((answer) => answer === 'lease/held').length,
        1,
        `round ${round}: ${answers}`,
      );
      tokens.push(Number(won[0]?.slice(4)));
      for (const { child } of racers) child.stdin?.write('release\n');
      await Promise.all(racers.map(({ line }) => line()));
    }
  } finally {
    for (const { child } of racers) await kill(child);
  }
  assert.deepEqual(
    tokens,
    Array.from({ length: rounds }, (_, i) => i + 1),
  );
});

test('a lease that is given back is found free or held by everyone who waits, never left', async () => {
  const target = newTarget();
  const rounds = 60;
  const looper = (name: string) =>
    startProcess(`
      const request = ${JSON.stringify(request(name, { waitMs: 60_000 }))};
      for (let i = 0; i < ${rounds}; i++) {
        const lease = await api.takeLease(${JSON.stringify(target)}, request);
        console.log(lease.token);
        lease.release();
      }
    `);
  const loopers = [looper('run-a'), looper('run-b')];
  const tokens: number[] = [];
  await Promise.all(
    loopers.map(async ({ line }) => {
      for (let i = 0; i < rounds; i++) tokens.push(Number(await line()));
    }),
  );
  assert.deepEqual(
    tokens.sort((a, b) => a - b),
    Array.from({ length: 2 * rounds }, (_, i) => i + 1),
  );
});

test('a child on node:sqlite shares the lock, and outlives its parent with it', async () => {
  const target = newTarget();
  const lease = await takeLease(target, request('run-a'));
  const path = leasePath(target);
  const { child, line } = startProcess(`
    import { DatabaseSync } from 'node:sqlite';
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec('BEGIN');
    console.log(database.prepare('SELECT token FROM lease').get().token);
    setInterval(() => {}, 1000);
  `);
  assert.equal(await line(), '1');
  try {
    // The parent cannot empty the row while a child holds SHARED: the claim stays, and says so.
    assert.throws(() => lease.release(), { code: 'lease/not-released', exit: 7 });
    assert.equal(inspectLease(target).state, 'held');
  } finally {
    await kill(child);
  }
  assert.equal(inspectLease(target).state, 'left');
});

test('a passing look at the lease does not make it seem held', async () => {
  const target = newTarget();
  (await takeLease(target, request('run-a'))).release();
  const { child, line } = startProcess(`
    import { DatabaseSync } from 'node:sqlite';
    const database = new DatabaseSync(${JSON.stringify(leasePath(target))});
    database.exec('BEGIN');
    database.prepare('SELECT token FROM lease').get();
    console.log('looking');
    setTimeout(() => process.exit(), 200);
  `);
  await line();
  using lease = await takeLease(target, request('run-b'));
  assert.equal(lease.token, 2);
  await kill(child);
});

test('a lock that something else keeps without a row is reported with the file', async () => {
  const target = newTarget();
  (await takeLease(target, request('run-a'))).release();
  const { child, line } = startProcess(`
    import { DatabaseSync } from 'node:sqlite';
    // Held: what nothing refers to is closed by the garbage collector, and its lock with it.
    globalThis.held = new DatabaseSync(${JSON.stringify(leasePath(target))});
    held.exec('BEGIN EXCLUSIVE');
    console.log('locked');
    setInterval(() => {}, 1000);
  `);
  await line();
  try {
    await assert.rejects(takeLease(target, request('run-b')), {
      code: 'lease/held',
      fix: /^find the process/,
    });
  } finally {
    await kill(child);
  }
});

test('on a file system that is not known, locks are tried from another process', {
  skip: process.geteuid?.() !== 0 && 'mounting needs root',
}, async () => {
  const folder = `${dirname(newTarget())}/mount`;
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'ramfs', 'ramfs', folder]);
  try {
    const target = `${folder}/orders.db`;
    writeFileSync(target, '');
    const lease = await takeLease(target, request('run-a'));
    await assertLocksWork(lease.path);
    lease.release();
    // Nobody holds it now, so another process gets it: what it would get on a file system without locks.
    await assert.rejects(assertLocksWork(lease.path), { code: 'lease/locks-do-not-work', exit: 4 });
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('inspecting writes nothing', async () => {
  const target = newTarget();
  await kill(await startHolder(target, 'run-a'));
  const facts = () => {
    const { mtimeMs, size, ino } = statSync(leasePath(target));
    return { mtimeMs, size, ino, text: readFileSync(leasePath(target), 'latin1') };
  };
  const before = facts();
  const folderBefore = statSync(dirname(target)).mtimeMs;
  inspectLease(target);
  assert.deepEqual(facts(), before);
  assert.equal(statSync(dirname(target)).mtimeMs, folderBefore);
});

test('a hard-linked target is refused', async () => {
  const target = newTarget();
  linkSync(target, `${target}.other`);
  await assert.rejects(takeLease(target, request('run-a')), { code: 'lease/hard-linked-target', exit: 4 });
  assert.equal(existsSync(leasePath(target)), false);
});

test('a file that is no lease is refused and left as it is', async () => {
  const text = newTarget();
  writeFileSync(leasePath(text), 'not a database, but long enough to be looked at as one\n'.repeat(50));
  const before = readFileSync(leasePath(text));
  await assert.rejects(takeLease(text, request('run-a')), { code: 'lease/not-a-lease' });
  assert.deepEqual(readFileSync(leasePath(text)), before);

  const foreign = newTarget();
  const database = new DatabaseSync(leasePath(foreign));
  database.exec('CREATE TABLE customers(id)');
  database.close();
  await assert.rejects(takeLease(foreign, request('run-a')), { code: 'lease/not-a-lease' });

  const linked = newTarget();
  symlinkSync('/nowhere', leasePath(linked));
  await assert.rejects(takeLease(linked, request('run-a')), { code: 'lease/not-a-lease' });
  assert.throws(() => inspectLease(linked), { code: 'lease/not-a-lease' });
});

test('a folder in which no lease can be made is said to be so', async (t) => {
  await assert.rejects(takeLease('/nowhere/at/all/orders.db', request('run-a')), {
    code: 'lease/unwritable-folder',
    exit: 4,
  });
  if (process.geteuid?.() !== 0) return t.diagnostic('read-only file system not tried: mounting needs root');
  const target = newTarget();
  const folder = `${dirname(target)}/mount`;
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  try {
    writeFileSync(`${folder}/orders.db`, '');
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await assert.rejects(takeLease(`${folder}/orders.db`, request('run-a')), {
      code: 'lease/unwritable-folder',
    });
    assert.deepEqual(inspectLease(`${folder}/orders.db`), { state: 'free' });
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    (await takeLease(`${folder}/orders.db`, request('run-a'))).release();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await assert.rejects(takeLease(`${folder}/orders.db`, request('run-a')), {
      code: 'lease/unwritable-folder',
    });
    assert.deepEqual(inspectLease(`${folder}/orders.db`), { state: 'free' });
  } finally {
    execFileSync('umount', [folder]);
  }
});

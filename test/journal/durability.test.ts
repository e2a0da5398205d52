import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOwnDatabase } from '../../src/sqlite/index.ts';
import { openAt, runStarted, temporaryFolder, warning } from './support.ts';

/** A process that appends warnings to its own run and says each number once it is durable. */
function appender(folder: string, runId: string, count: number): ChildProcess {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { writeSync } from 'node:fs';
    import { openAt, runStarted, warning } from ${url('support.ts')};
    const journal = openAt(${JSON.stringify(folder)});
    journal.append(${JSON.stringify(runId)}, runStarted());
    for (let i = 0; i < ${count}; i++) {
      journal.append(${JSON.stringify(runId)}, warning(String(i)));
      writeSync(1, i + '\\n');
    }
    journal[Symbol.dispose]();
  `;
  return spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('four processes append at once: every event is there, numbered without gaps, on one chain', async () => {
  const folder = join(temporaryFolder(), 'state');
  const count = 60;
  const children = ['run-a', 'run-b', 'run-c', 'run-d'].map((id) => appender(folder, id, count));
  for (const child of children) child.stdout?.resume();
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  using journal = openAt(folder);
  assert.equal(journal.audit().events, 4 * (count + 1));
  assert.equal(journal.audit().ok, true);
  for (const run of journal.runs())
    assert.deepEqual(
      run.warnings,
      Array.from({ length: count }, (_, i) => String(i)),
    );
});

test('kill -9 at any moment leaves a valid chain that lacks no event that was acknowledged', async () => {
  const folder = join(temporaryFolder(), 'state');
  let events = 0;
  let interrupted = 0;
  for (let round = 0; round < 12; round++) {
    const runId = `run-${round}`;
    const child = appender(folder, runId, 100_000);
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += String(chunk);
    });
    while (said === '' && child.exitCode === null) await sleep(1);
    await sleep(Math.random() * 30);
    child.kill('SIGKILL');
    await once(child, 'close');
    const acknowledged = said.split('\n').length - 1;
    using journal = openAt(folder);
    const audit = journal.audit();
    assert.equal(audit.ok, true, audit.problem);
    const kept = journal.run(runId)?.warnings.length ?? 0;
    // The last may be durable without the word having come out.
    assert.ok(
      kept === acknowledged || kept === acknowledged + 1,
      `${kept} kept, ${acknowledged} acknowledged`,
    );
    events += kept + 1;
    assert.equal(audit.events, events);
    interrupted++;
  }
  assert.equal(interrupted, 12);
});

test('a journal that another program keeps locked is said to be so, and nothing is appended', () => {
  const folder = join(temporaryFolder(), 'state');
  using journal = openAt(folder, { busyTimeoutMs: 50 });
  journal.append('run-a', runStarted());
  const other = openOwnDatabase(join(folder, 'journal.db'), { journalMode: 'wal' });
  other.exec('BEGIN IMMEDIATE');
  assert.throws(() => journal.append('run-a', warning('x')), { code: 'journal/busy', exit: 4 });
  other.close();
  journal.append('run-a', warning('y'));
  assert.deepEqual(journal.run('run-a')?.warnings, ['y']);
});

const isRoot = process.geteuid?.() === 0;

test('a full disk fails an append, leaves room to record that, and is forgotten when there is space again', {
  skip: !isRoot && 'mounting needs root',
}, () => {
  const mount = join(temporaryFolder(), 'mount');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]);
  try {
    const folder = join(mount, 'state');
    const ballast = join(folder, 'ballast');
    {
      using journal = openAt(folder);
      journal.append('run-a', runStarted());
      assert.ok(existsSync(ballast));
      assert.throws(() => writeFileSync(join(mount, 'filler'), Buffer.alloc(8 * 2 ** 20)), {
        code: 'ENOSPC',
      });
      let appended = 0;
      assert.throws(
        () => {
          for (;;) {
            journal.append('run-a', warning('x'.repeat(20_000)));
            appended++;
          }
        },
        { code: 'journal/write-failed', message: /the disk is full/ },
      );
      assert.equal(existsSync(ballast), false);
      journal.append('run-a', warning('the disk is full'));
      assert.equal(journal.run('run-a')?.warnings.length, appended + 1);
      assert.equal(journal.audit().ok, true);
    }
    execFileSync('rm', [join(mount, 'filler')]);
    openAt(folder)[Symbol.dispose]();
    assert.ok(existsSync(ballast));
  } finally {
    execFileSync('umount', [mount]);
  }
});

test('a read-only state folder refuses writing and can still be read', {
  skip: !isRoot && 'mounting needs root',
}, () => {
  const mount = join(temporaryFolder(), 'mount');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]);
  try {
    const folder = join(mount, 'state');
    {
      using journal = openAt(folder);
      journal.append('run-a', runStarted());
    }
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    assert.throws(() => openAt(folder), { code: 'journal/write-failed', message: /read-only/ });
    assert.throws(() => openAt(join(mount, 'other')), {
      code: 'journal/write-failed',
      message: /the file system is read-only/,
    });
    using journal = openAt(folder, { readOnly: true });
    assert.equal(journal.runs().length, 1);
  } finally {
    execFileSync('umount', [mount]);
  }
});

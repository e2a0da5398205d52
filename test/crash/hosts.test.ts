// Runs of another host, of another container with the same name, and of a pid that is another process by now: nothing is
// taken over on the word of a pid or a name, nobody unrelated is killed, and there is always a way on.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { openJournal } from '../../src/journal/index.ts';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const canUnshare = (...what: string[]) => spawnSync('unshare', [...what, 'true']).status === 0;
const needs = (...what: string[]) =>
  canUnshare(...what) ? {} : { skip: `needs \`unshare ${what.join(' ')}\`, and so root` };

const job = `
apiVersion: belay/v1
name: job
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }
  - { id: pause, action: wait, with: { for: 60s } }
  - { id: drop, action: sqlite.execute, with: { target: db, sql: "DELETE FROM users WHERE id > 20" } }
`;

function world(): Cli {
  return cli()
    .database(
      'app.db',
      `PRAGMA journal_mode=WAL; CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
       WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 'user ' || x FROM n;`,
    )
    .file('job.yaml', job)
    .file('short.yaml', job.replace('60s', '10ms'));
}
const loud = (run: Cli) =>
  run.query('app.db', "SELECT count(*) FROM users WHERE name LIKE 'USER%' AND name = upper(name)");
const words = ({ rawStderr }: CliResult) => rawStderr.replaceAll(/\s+/g, ' ');
const pinned = { confirm: ['--confirm', 'app.db'] };

/** Another machine, or another container, as far as names and pids go; ended by `end`, with everything in it. */
async function elsewhere(
  run: Cli,
  unshared: readonly string[],
  name = hostname(),
): Promise<{ end(): Promise<void> }> {
  const script = 'hostname "$1" && exec "$2" "$3" run job.yaml';
  const words = [
    ...unshared,
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    script,
    'sh',
    name,
    process.execPath,
    program,
  ];
  const child = spawn('unshare', words, {
    cwd: run.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: run.folder, TMPDIR: process.env.TMPDIR ?? '/tmp' },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  while (!/50 rows changed/.test(text)) {
    assert.equal(child.exitCode, null, text);
    await sleep(20);
  }
  return {
    end: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** Nobody holds a lock of the lease any more: the child of a killed engine ends within two seconds. */
async function letGo(run: Cli): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const lease = new DatabaseSync(run.path('app.db.belay-lock'), { timeout: 0 });
    try {
      lease.exec('BEGIN EXCLUSIVE');
      return;
    } catch {
      await sleep(20);
    } finally {
      lease.close();
    }
  }
}

describe('a run of another host', needs('--uts'), () => {
  test('is not taken over, by none of the commands, and each says where to go', async () => {
    await using run = world();
    const other = await elsewhere(run, ['--uts'], 'olddb');
    await other.end();
    await letGo(run);
    const { stdout } = await run.run(['status', 'app.db']);
    assert.match(stdout, /last run +job running on olddb /);
    assert.match(stdout, /left by run-<id> of .* \(pid \d+ on olddb/);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /of host olddb has its lease, or left it: from here nobody can tell/,
    );
    for (const [code, ...args] of [
      ['lease/other-host', 'run', 'short.yaml'],
      ['run/still-running', 'resume', 'last'],
      ['run/still-running', 'rollback', 'last', ...pinned.confirm],
      ['run/still-running', 'rollback', 'last', '--dry-run'],
      ['run/still-running', 'cancel', 'last'],
      ['run/still-running', 'abandon', 'last', '--reason', 'gone'],
    ] as const) {
      // A run that was turned away is not the `last` one.
      const result = await run.run(args);
      assert.equal(result.exitCode, 4, words(result));
      assert.ok(words(result).includes(code), words(result));
      assert.match(words(result), /fix:? +on `olddb`: `belay .*--lost-host olddb/);
      assert.equal(loud(run), 50);
    }
    const wrong = await run.run(['rollback', 'last', ...pinned.confirm, '--lost-host', 'newdb']);
    assert.equal(wrong.exitCode, 2, words(wrong));
  });

  test('is gone on with once a person says that the host is gone', async () => {
    await using run = world();
    run.file('job.yaml', job.replace('60s', '5s'));
    await (await elsewhere(run, ['--uts'], 'olddb')).end();
    await letGo(run);
    const result = await run.run(['resume', 'last', '--lost-host', 'olddb']);
    assert.equal(result.exitCode, 0, words(result));
    assert.deepEqual([loud(run), run.query('app.db', 'SELECT count(*) FROM users')], [20, 20]);
    const [shown] = (await run.run(['runs', 'list', '--output', 'json'])).json().runs as { host: string }[];
    assert.equal(shown?.host, hostname());
  });

  test('is put back or given up once a person says that the host is gone', async () => {
    for (const [args, left] of [
      [['rollback', ...pinned.confirm], 0],
      [['abandon', '--reason', 'gone'], 50],
    ] as const) {
      await using run = world();
      const other = await elsewhere(run, ['--uts'], 'olddb');
      const [verb, ...rest] = args;
      const said = [verb, 'last', ...rest, '--lost-host', 'olddb'];
      // Not while it works: the lock is stronger than a word.
      const refused = await run.run(said);
      assert.equal(refused.exitCode, 4, words(refused));
      assert.match(words(refused), /run\/still-running/);
      await other.end();
      await letGo(run);
      const result = await run.run(said);
      assert.equal(result.exitCode, 0, words(result));
      assert.equal(loud(run), left);
      const events = (await run.run(['runs', 'events', 'last', '--output', 'json'])).rawStdout;
      assert.match(events, /"lostHost":"olddb"/);
      assert.equal((await run.run(['run', 'short.yaml'])).exitCode, 0, 'the target is free again');
    }
  });

  test('with a state folder of its own is met at the target: exit 4, its host and folder named', async () => {
    await using run = world();
    const other = await elsewhere(run, ['--uts'], 'olddb');
    const result = await run.run(['run', 'short.yaml', '--state', run.path('another'), '--lock-wait', '1s']);
    assert.equal(result.exitCode, 4, words(result));
    assert.match(words(result), /lease\/held/);
    await other.end();
    await letGo(run);
    const after = await run.run(['run', 'short.yaml', '--state', run.path('another')]);
    assert.equal(after.exitCode, 4, words(after));
    assert.match(words(after), /on olddb, state folder `.*\/\.belay`\) claims .* \[lease\/other-host\]/);
  });
});

describe(
  'a run in another container that has the same host name',
  needs('--uts', '--pid', '--fork', '--mount-proc'),
  () => {
    test('is at work as long as it has its lease; afterwards it is put back like any other', async () => {
      await using run = world();
      const other = await elsewhere(run, ['--uts', '--pid', '--mount-proc']);
      const status = await run.run(['status', 'app.db']);
      assert.match(status.stdout, /last run +job running[\s\S]*held by run/);
      for (const args of [
        ['resume', 'last'],
        ['rollback', 'last', ...pinned.confirm],
        ['abandon', 'last', '--reason', 'gone'],
      ]) {
        const result = await run.run(args);
        assert.equal(result.exitCode, 4, words(result));
        assert.match(words(result), /is at work in another container of this machine/);
      }
      const second = await run.run(['run', 'short.yaml', '--lock-wait', '1s']);
      assert.equal(second.exitCode, 4, words(second));
      assert.match(words(second), /lease\/held/);
      // Nothing was written down that its process would trip over.
      const events = (await run.run(['runs', 'events', 'last', '--output', 'json'])).rawStdout;
      assert.doesNotMatch(events, /run-interrupted/);
      await other.end();
      await letGo(run);
      const back = await run.run(['rollback', 'last', ...pinned.confirm]);
      assert.equal(back.exitCode, 0, words(back));
      assert.equal(loud(run), 0);
    });
  },
);

describe('a pid that is another process by now', needs('--pid', '--fork', '--mount-proc'), () => {
  test('is not killed, and its run is put back', async () => {
    await using run = world();
    // In one namespace: the run dies, and its pids are given to others.
    run.file(
      'reuse.sh',
      `
node=$1; belay=$2
"$node" "$belay" run job.yaml > out 2>&1 &
engine=$!
until grep -q '50 rows changed' out; do sleep 0.05; done
children=$(cat /proc/$engine/task/*/children)
kill -9 $engine; wait $engine 2> /dev/null
for child in $children; do while kill -0 $child 2> /dev/null; do sleep 0.05; done; done
for pid in $engine $children; do
  echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
  setsid sleep 60 & last=$!
  [ $last = $pid ] || echo "missed $pid"
  strangers="$strangers $last"
done
"$node" "$belay" status app.db
"$node" "$belay" rollback last --confirm app.db; echo "rollback $?"
for pid in $strangers; do [ "$(cat /proc/$pid/comm)" = sleep ] && echo "alive $pid"; done
kill -9 $strangers
`,
    );
    const result = spawnSync(
      'unshare',
      ['--pid', '--fork', '--mount-proc', 'sh', 'reuse.sh', process.execPath, program],
      {
        cwd: run.folder,
        encoding: 'utf8',
        timeout: 60_000,
        env: { PATH: process.env.PATH, HOME: run.folder, TMPDIR: process.env.TMPDIR ?? '/tmp' },
      },
    );
    const said = result.stdout + result.stderr;
    assert.doesNotMatch(said, /missed/);
    assert.match(said, /job interrupted/);
    assert.match(said, /rollback 0/);
    assert.ok((said.match(/^alive \d+$/gm) ?? []).length >= 2, said);
    assert.equal(loud(run), 0);
  });
});

test('a recorded pid that is another process by now is not that process: it is left alone', async () => {
  await using run = world();
  const going = run.start(['run', 'job.yaml']);
  await going.waitFor(/50 rows changed/);
  going.child.kill('SIGKILL');
  await going.ended;
  await letGo(run);
  // The record of the same run, had the kernel given its processes the pid that a stranger has now.
  const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const pid = stranger.pid ?? 0;
  {
    using from = openJournal(run.path('.belay'), { clock: systemClock, readOnly: true });
    using to = openJournal(run.path('copied'), { clock: systemClock });
    for (const { runId, event } of from.events(from.resolveRunId('last'))) {
      const group = event.type === 'process-started' ? { group: pid } : {};
      const changed = 'processStart' in event ? { ...event, ...group, pid } : event;
      const sha256 = 'changeset' in changed ? changed.changeset?.sha256 : undefined;
      const bytes = sha256 === undefined ? undefined : from.readBlob(sha256);
      if (sha256 === undefined || bytes === undefined) to.append(runId, changed);
      else to.appendWithBlob(runId, changed, { sha256, bytes });
    }
  }
  const back = await run.run(['rollback', 'last', ...pinned.confirm, '--state', run.path('copied')]);
  assert.equal(back.exitCode, 0, words(back));
  assert.equal(loud(run), 0);
  assert.deepEqual([stranger.exitCode, stranger.signalCode], [null, null]);
  stranger.kill('SIGKILL');
  await once(stranger, 'exit');
});

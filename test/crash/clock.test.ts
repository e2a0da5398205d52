// Clocks that jump: backward, forward, by an hour and by a year, between the processes of a run, between runs, and in the
// middle of one. What is decided by order is decided by the journal; what is limited is limited by a clock nobody sets.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cli, type CliResult, cli } from '../support/cli.ts';
import { cannotSetClock, hour, type TestClock, testClock, year } from '../support/clock.ts';

const options = cannotSetClock === false ? {} : { skip: cannotSetClock };

const schema = `
  PRAGMA journal_mode=WAL;
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 'user ' || x FROM n;
`;
const job = (steps: readonly string[], more = '') =>
  `apiVersion: belay/v1\nname: job\n${more}targets:\n  db: { driver: sqlite, path: app.db, backup: { keep: { last: 1 } } }\nsteps:\n  - ${steps.join('\n  - ')}\n`;
const ddl = (column: string) =>
  `{ id: ${column}, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN ${column} INTEGER" } }`;
const shout =
  '{ id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }';
const pause = '{ id: pause, action: wait, with: { for: 1s } }';

const columns = (run: Cli) => run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')");
const loud = (run: Cli) =>
  run.query('app.db', "SELECT count(*) FROM users WHERE name LIKE 'USER%' AND name = upper(name)");
const words = ({ stderr }: CliResult) => stderr.replaceAll(/\s+/g, ' ');

interface World {
  readonly run: Cli;
  readonly clock: TestClock;
  go(...args: string[]): Promise<CliResult>;
  /** Exit 0, and the id of the last run. */
  ok(...args: string[]): Promise<string>;
}

function world(): World {
  const run = cli();
  const clock = testClock();
  run.database('app.db', schema);
  const go = (...args: string[]) => run.run(args, { env: clock.env });
  return {
    run,
    clock,
    go,
    ok: async (...args) => {
      const result = await go(...args);
      assert.equal(result.exitCode, 0, result.stderr);
      return String((await go('runs', 'show', 'last', '--output', 'json')).json().id);
    },
  };
}

/** Up to `pattern`, then killed. */
async function killed({ run, clock }: World, pattern: RegExp): Promise<void> {
  const going = run.start(['run', 'job.yaml'], { env: clock.env });
  await going.waitFor(pattern);
  going.child.kill('SIGKILL');
  await going.ended;
}

describe('between a crash and what follows, the clock is set back', options, () => {
  for (const [name, back] of [
    ['an hour', -hour],
    ['a year', -year],
  ] as const) {
    test(`${name}: the run is named, gone on with, and audited`, async () => {
      const here = world();
      await using run = here.run;
      run.file('job.yaml', job([shout, pause, ddl('age')]));
      await killed(here, /50 rows changed/);
      here.clock.set(back);
      const status = await here.go('status', 'app.db');
      assert.match(status.stdout, /job interrupted dated in the future, /);
      await here.ok('resume', 'last');
      assert.deepEqual([columns(run), loud(run)], [3, 50]);
      const { warnings } = (await here.go('runs', 'show', 'last', '--output', 'json')).json();
      assert.match(
        String(warnings),
        /^the clock was set back by .* since this run was last at work: it says /,
      );
      assert.equal((await here.go('audit')).exitCode, 0);
      // What took less than nothing is not said to have taken any time.
      assert.doesNotMatch((await here.go('runs')).stdout, /-\d/);
    });

    test(`${name}: the run is put back, from its backup`, async () => {
      const here = world();
      await using run = here.run;
      run.file('job.yaml', job([ddl('age'), shout, pause]));
      await killed(here, /50 rows changed/);
      here.clock.set(back);
      await here.ok('rollback', 'last', '--confirm', 'app.db');
      assert.deepEqual([columns(run), loud(run)], [2, 0]);
      assert.equal((await here.go('audit')).exitCode, 0);
    });
  }
});

describe('between two runs the clock is set back', options, () => {
  for (const [name, back] of [
    ['an hour', -hour],
    ['a year', -year],
  ] as const)
    test(`${name}: the later run is the later one: it is put back, and then the earlier`, async () => {
      const here = world();
      await using run = here.run;
      run.file('one.yaml', job([ddl('one')])).file('two.yaml', job([ddl('two')]));
      const first = await here.ok('run', 'one.yaml');
      here.clock.set(back);
      const second = await here.ok('run', 'two.yaml');
      const { warnings } = (await here.go('runs', 'show', second, '--output', 'json')).json();
      assert.match(
        String(warnings),
        new RegExp(`^the clock was set back by (365d|1h|59m \\d+s|364d 23h) since run ${first}: it says `),
      );
      const list = (await here.go('runs', 'list', '--output', 'json')).json() as { runs: { id: string }[] };
      assert.deepEqual(list.runs.map(({ id }) => id).slice(0, 2), [second, first]);
      const refused = await here.go('rollback', first, '--confirm', 'app.db');
      assert.equal(refused.exitCode, 7, refused.stderr);
      assert.ok(refused.rawStderr.replaceAll(/\s+/g, ' ').includes(`run \`${second}\` has changed it since`));
      assert.equal(columns(run), 4);
      await here.ok('rollback', second, '--confirm', 'app.db');
      assert.equal(columns(run), 3);
    });
});

describe('an approval', options, () => {
  const asked = `{ id: ask, action: sqlite.execute, approval: { message: Go on?, approvers: [root], preventSelfApproval: false, timeout: 1h }, with: { target: db, sql: "DELETE FROM users" } }`;
  async function waiting(): Promise<World> {
    const here = world();
    here.run.file('job.yaml', job([shout, asked]));
    const result = await here.go('run', 'job.yaml');
    assert.equal(result.exitCode, 8, result.stderr);
    return here;
  }
  const count = (run: Cli) => run.query('app.db', 'SELECT count(*) FROM users');

  test('has no more time when the clock is set forward past its end, and none again when it is set back', async () => {
    const here = await waiting();
    await using run = here.run;
    assert.equal((await here.go('approve', 'last', '--yes')).exitCode, 0);
    here.clock.set(2 * hour);
    const late = await here.go('resume', 'last');
    assert.equal(late.exitCode, 5, late.stderr);
    assert.match(words(late), /gate\/expired/);
    assert.deepEqual([count(run), loud(run)], [50, 0]);
    here.clock.set(0);
    const again = await here.go('resume', 'last');
    assert.equal(again.exitCode, 4, again.stderr);
    assert.equal(count(run), 50);
  });

  test('keeps the time that it was given when the clock is set back', async () => {
    const here = await waiting();
    await using run = here.run;
    here.clock.set(-year);
    assert.equal((await here.go('approve', 'last', '--yes')).exitCode, 0);
    await here.ok('resume', 'last');
    assert.equal(count(run), 0);
  });
});

describe('in the middle of a run the clock jumps', options, () => {
  for (const [name, by] of [
    ['forward', year],
    ['back', -year],
  ] as const)
    test(`${name}: limits stay what they are, no step ends early or late`, async () => {
      const here = world();
      await using run = here.run;
      const slow = '{ id: slow, action: wait, with: { for: 60s }, timeout: 2s }';
      run.file(
        'job.yaml',
        job([shout, '{ id: wait, action: wait, with: { for: 1s }, timeout: 30s }', slow], 'timeout: 1m\n'),
      );
      const going = run.start(['run', 'job.yaml'], { env: here.clock.env });
      await going.waitFor(/50 rows changed/);
      here.clock.set(by);
      const result = await going.ended;
      assert.equal(result.exitCode, 6, result.stderr);
      assert.match(result.rawStderr.replaceAll(/\s+/g, ' '), /`timeout` of 2s .* rolled-back in \d(\.\d)?s /);
      assert.equal(loud(run), 0);
      const shown = (await here.go('runs', 'show', 'last', '--output', 'json')).json();
      const steps = shown.steps as { id: string; state: string; durationMs?: number }[];
      const took = (id: string) => steps.find((step) => step.id === id)?.durationMs ?? 0;
      assert.ok(took('wait') >= 900 && took('wait') < 25_000, `${took('wait')}`);
      assert.ok(took('slow') >= 1900 && took('slow') < 25_000, `${took('slow')}`);
      assert.equal((await here.go('audit')).exitCode, 0);
    });
});

describe('a backup that was taken while the clock was a year ahead', options, () => {
  const project =
    'apiVersion: belay/v1\ntargets:\n  app: { driver: sqlite, path: ./app.db, maxBackupAge: 26h }\n';
  const find = '{ id: find, action: backup.find, with: { target: db } }';

  test('is not the newest, neither for retention nor for `find` nor for `status`', async () => {
    const here = world();
    await using run = here.run;
    const { clock, go, ok } = here;
    run.file('belay.yaml', project);
    run.file(
      'find.yaml',
      `apiVersion: belay/v1\nname: find\ntargets:\n  db: { use: app }\nsteps:\n  - ${find}\n`,
    );
    const backup = async (): Promise<string> => {
      const { rawStderr, rawStdout } = await go('backup', 'create', '--target', 'app');
      return /bak-\d{8}-\d{6}-\w{4}/.exec(rawStdout + rawStderr)?.[0] ?? '';
    };
    clock.set(-72 * hour);
    const old = await backup();
    clock.set(year);
    const ahead = await backup();
    clock.set(0);
    const check = await go('status', 'app', '--check');
    assert.equal(check.exitCode, 12, check.stdout);
    assert.match(
      check.rawStdout.replaceAll(/\s+/g, ' '),
      new RegExp(`${old}, 3d .*old.*${ahead} is dated in the future`),
    );
    const good = await backup();
    assert.equal((await go('status', 'app', '--check')).exitCode, 0);
    await ok('backup', 'expire', '--target', 'app', '--keep', 'last=1,within=1d');
    const left = (await go('backup', 'list', '--output', 'json')).rawStdout;
    assert.deepEqual(
      [old, ahead, good].map((id) => left.includes(id)),
      [false, true, true],
    );
    const found = await go('backup', 'find', '--target', 'app');
    assert.match(found.rawStdout, new RegExp(`^${good}`));
    assert.match(found.rawStderr, new RegExp(`passed over ${ahead}: dated in the future`));
    const run1 = await go('run', 'find.yaml');
    assert.equal(run1.exitCode, 0, run1.stderr);
    assert.match(
      run1.rawStderr.replaceAll(/\s+/g, ' '),
      new RegExp(`${ahead}\` was passed over: dated in the future`),
    );
  });

  test('does not make retention remove everything while the clock is ahead', async () => {
    const here = world();
    await using run = here.run;
    run.file('belay.yaml', project);
    for (const shift of [-48 * hour, -24 * hour, year]) {
      here.clock.set(shift);
      await here.ok('backup', 'create', '--target', 'app');
    }
    await here.ok('backup', 'expire', '--target', 'app', '--keep', 'daily=3');
    const left = (await here.go('backup', 'list', '--output', 'json')).json().backups as unknown[];
    assert.equal(left.length, 3);
  });
});

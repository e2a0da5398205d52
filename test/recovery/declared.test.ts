// The way back that a runbook declares: undo actions, points of no return, backups of targets, room.

import assert from 'node:assert/strict';
import { statfsSync, truncateSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const schema = `
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 'user ' || x FROM n;
`;
const head = (target = '') => `
apiVersion: belay/v1
name: job
targets:
  db: { driver: sqlite, path: app.db${target} }
`;
const job = (steps: readonly string[], target = '') => `${head(target)}steps:\n  - ${steps.join('\n  - ')}\n`;

const change =
  '{ id: change, action: sqlite.execute, with: { target: db, sql: "DELETE FROM users WHERE id < 20" } }';
const ddl =
  '{ id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }';
const fail = '{ id: verify, assert: "${{ 1 > 2 }}", message: this never holds }';
const say = (words: string) => `action: command.run, with: { shell: "echo ${words} >> log" }`;
const outside = (id: string, more = '') =>
  `{ id: ${id}, ${say(`did ${id}`)}, rollback: { ${say(`undid ${id}`)} }${more} }`;

const words = ({ stderr }: { readonly stderr: string }) => stderr.replaceAll(/\s+/g, ' ');
const shown = async (run: Cli) => (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
const users = (run: Cli) => run.query('app.db', 'SELECT count(*) FROM users');

describe('an undo that the runbook declares', () => {
  test('runs for each started step, newest first, the data in its place', async () => {
    await using run = cli();
    run.database('app.db', schema).file('job.yaml', job([outside('one'), change, outside('two'), fail]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.read('log'), 'did one\ndid two\nundid two\nundid one\n');
    assert.equal(users(run), 50);
    const { rollback } = await shown(run);
    const order = (rollback as { undone: { how: string; step?: string }[] }).undone;
    assert.deepEqual(
      order.map(({ how, step }) => step ?? how),
      ['two', 'rows', 'one'],
    );
  });

  test('runs for the step that was stopped half-way, and not for one that was never started', async () => {
    await using run = cli();
    const half =
      '{ id: half, action: command.run, with: { shell: "echo did half >> log; exit 3" }, rollback: { ' +
      say('undid half') +
      ' } }';
    run.database('app.db', schema).file('job.yaml', job([change, half, outside('later')]));
    assert.equal((await run.run(['run', 'job.yaml'])).exitCode, 6);
    assert.equal(run.read('log'), 'did half\nundid half\n');
  });

  test('runs for each started item, in reverse, with the item and what it put out', async () => {
    await using run = cli();
    const loop =
      '{ id: each, forEach: { items: [a, b, c, d], as: file }, action: command.run, ' +
      'with: { shell: "echo got-$F; test $F != c", env: { F: "${{ file }}" } }, ' +
      'rollback: { action: command.run, with: { shell: "echo undo $F $S >> log", env: { F: "${{ file }}", S: "${{ has(self.stdout) ? self.stdout : \'\' }}" } } } }';
    run.database('app.db', schema).file('job.yaml', job([change, loop]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.read('log'), 'undo c got-c\nundo b got-b\nundo a got-a\n');
  });

  test('of a later rollback reads what the journal holds', async () => {
    await using run = cli();
    const noted =
      '{ id: note, action: command.run, with: { argv: [echo, ticket-7] }, ' +
      'rollback: { action: command.run, with: { shell: "echo close $T >> log", env: { T: "${{ has(self.stdout) ? self.stdout : \'\' }}" } } } }';
    run.database('app.db', schema).file('job.yaml', job([noted, change]));
    assert.equal((await run.run(['run', 'job.yaml'])).exitCode, 0);
    const late = await run.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(late.exitCode, 0, late.stderr);
    assert.equal(run.read('log').trim(), 'close ticket-7');
    assert.equal(users(run), 50);
  });

  test('that fails leaves the data put back, exit 7, and is tried again by `belay rollback`', async () => {
    await using run = cli();
    const stuck = `{ id: stuck, ${say('did stuck')}, rollback: { action: command.run, with: { shell: "test -e open && echo undid stuck >> log" } } }`;
    run.database('app.db', schema).file('job.yaml', job([outside('one'), stuck, ddl, fail]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 7, result.stderr);
    assert.match(words(result), /`db` is as before.*the undo of step `stuck` failed/);
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
    assert.equal(run.read('log'), 'did one\ndid stuck\nundid one\n');
    run.database('app.db', "INSERT INTO users VALUES (999, 'written since')").file('open', '');
    const again = await run.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(again.exitCode, 0, again.stderr);
    assert.equal(run.read('log'), 'did one\ndid stuck\nundid one\nundid stuck\n');
    assert.equal(users(run), 51);
  });
});

describe('an undo in a rehearsal', () => {
  test('does not run for an effect that was not had', async () => {
    await using run = cli();
    const stubbed = outside('one', ', stub: { exitCode: 0, stdout: "", stderr: "" }');
    const changed = `${change.slice(0, -2)}, rollback: { ${say('undid change')} } }`;
    run.database('app.db', schema).file('job.yaml', job([stubbed, changed, fail]));
    const result = await run.run(['run', 'job.yaml', '--rehearse']);
    assert.match(result.stdout + result.stderr, /this never holds/);
    assert.equal(run.exists('log'), false);
  });
});

describe('a point of no return', () => {
  const final = `{ id: mail, ${say('sent')}, rollback: none, reason: the mail is out }`;

  test('is not undone; the data is, and the outcome says both', async () => {
    await using run = cli();
    run.database('app.db', schema).file('job.yaml', job([change, final, fail]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(users(run), 50);
    assert.match(words(result), /step `mail` is a point of no return: the mail is out/);
  });

  test('is said also when there was nothing else to put back', async () => {
    await using run = cli();
    run.database('app.db', schema).file('job.yaml', job([final, fail]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(words(result), /nothing of this run was committed.*point of no return: the mail is out/);
  });

  test('that has changed a target keeps it as it is, for a person, exit 7', async () => {
    await using run = cli();
    const erase = `${change.slice(0, -2)}, rollback: none, reason: the keys are gone }`;
    run.database('app.db', schema).file('job.yaml', job([erase, outside('one'), fail]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 7, result.stderr);
    assert.equal(users(run), 31);
    assert.match(
      words(result),
      /`change` changed it, and is a point of no return: the keys are gone; the state before is backup/,
    );
    assert.equal(run.read('log'), 'did one\n');
  });

  test('is shown before the run, in `plan` and in `show`', async () => {
    await using run = cli();
    run.database('app.db', schema).file('job.yaml', job([final]));
    for (const command of ['plan', 'show'])
      assert.match((await run.run([command, 'job.yaml'])).stdout, /point of no return: the mail is out/);
  });

  test('that was passed is in the summary of a run that succeeded', async () => {
    await using run = cli();
    run.database('app.db', schema).file('job.yaml', job([change, final]));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(words(result), /point of no return: the mail is out/);
  });
});

describe('the backup of a target', () => {
  const backups = async (run: Cli) =>
    (await run.run(['backup', 'list', '--path', 'app.db', '--output', 'json'])).json().backups as {
      label: string;
      verified: string;
    }[];

  test('`none`: rows are still taken back, and plan and summary say it', async () => {
    await using run = cli();
    run
      .database('app.db', schema)
      .file('job.yaml', job([change, fail], ', backup: none, reason: it is a cache'));
    assert.match(
      (await run.run(['plan', 'job.yaml'])).stdout,
      /no backup is taken before the first change: it is a cache/,
    );
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(words(result), /no backup from before the first change: it is a cache/);
    assert.equal(users(run), 50);
    assert.equal((await backups(run)).length, 0);
  });

  test('`none`: what cannot be taken back row by row is for a person, exit 7', async () => {
    await using run = cli();
    run
      .database('app.db', schema)
      .file('job.yaml', job([ddl, fail], ', backup: none, reason: it is a cache'));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 7, result.stderr);
    assert.match(words(result), /there is no backup from before the first change/);
  });

  test('`verify: integrity` is what the backup is checked by; a quick one of the run does not serve', async () => {
    await using run = cli();
    const quick = '{ id: quick, action: backup.create, with: { target: db } }';
    run.database('app.db', schema).file('job.yaml', job([quick, change], ', backup: { verify: integrity }'));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual((await backups(run)).map(({ verified }) => verified).sort(), ['integrity', 'quick']);
  });

  test('`before: maintain` is taken before the first maintenance, and serves the change that follows', async () => {
    await using run = cli();
    const analyze = '{ id: tidy, action: sqlite.vacuum, with: { target: db } }';
    run.database('app.db', schema).file('job.yaml', job([analyze], ', backup: { before: maintain }'));
    assert.equal((await run.run(['run', 'job.yaml'])).exitCode, 0);
    assert.equal((await backups(run)).length, 1);
    run.file('both.yaml', job([analyze, ddl, fail], ', backup: { before: maintain }'));
    const result = await run.run(['run', 'both.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
  });

  test('`keep` says how many copies from before operations stay', async () => {
    await using run = cli();
    const more = change.replace('DELETE FROM users WHERE id < 20', 'UPDATE users SET id = id + 100');
    run.database('app.db', schema).file('job.yaml', job([more], ', backup: { keep: { last: 2 } }'));
    for (let i = 0; i < 4; i++) assert.equal((await run.run(['run', 'job.yaml'])).exitCode, 0);
    assert.equal((await backups(run)).length, 2);
  });
});

describe('writes of others', () => {
  for (const [choice, exitCode, columns] of [
    ['stop', 7, 3],
    ['discard', 6, 2],
  ] as const)
    test(`\`onForeignWrites: ${choice}\` when only a restore would do: exit ${exitCode}`, async () => {
      await using run = cli();
      const wait = '{ id: pause, action: wait, with: { for: 60s }, timeout: 2s }';
      run
        .database('app.db', `PRAGMA journal_mode=WAL; ${schema}`)
        .file('job.yaml', job([ddl, wait], `, onForeignWrites: ${choice}`));
      const going = run.start(['run', 'job.yaml']);
      await going.waitFor(/ok +alter/);
      run.database('app.db', "INSERT INTO users(id, name) VALUES (999, 'somebody else')");
      const result = await going.ended;
      assert.equal(result.exitCode, exitCode, result.stderr);
      assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), columns);
      const { stdout } = await run.run(['plan', 'job.yaml']);
      assert.equal(/written since the backup is lost/.test(stdout), choice === 'discard');
    });
});

/** A file that is mostly hole: as large as no disk of this machine could take four times. */
function fillMostOf(run: Cli): void {
  const { bavail, bsize } = statfsSync(run.folder);
  truncateSync(run.path('app.db'), Math.ceil((bavail * bsize) / 3 / 65536) * 65536);
}

describe('before the first change', () => {
  test('room for backup, quarantine and restore is asked for: exit 4 with numbers, nothing changed', async () => {
    await using run = cli();
    run.database('app.db', `PRAGMA page_size=65536; ${schema}`).file('job.yaml', job([change]));
    fillMostOf(run);
    const result = await run.run(['run', 'job.yaml']);
    assert.match(words(result), /target\/no-room/);
    assert.match(words(result), /takes up to [\d.]+ [TGM]B .* is free/);
    assert.equal(result.exitCode, 4);
    assert.equal((await shown(run)).state, 'aborted');
  });

  test('what the run did outside the targets is undone when there is no room, exit 6', async () => {
    await using run = cli();
    run
      .database('app.db', `PRAGMA page_size=65536; ${schema}`)
      .file('job.yaml', job([outside('one'), change]));
    fillMostOf(run);
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.read('log'), 'did one\nundid one\n');
  });

  test('a store that cannot be written aborts the run, exit 4', async () => {
    await using run = cli();
    run
      .database('app.db', schema)
      .file('not-a-folder', '')
      .file(
        'belay.yaml',
        'apiVersion: belay/v1\nstores: { broken: { driver: local, path: ./not-a-folder/store } }\n',
      )
      .file('job.yaml', job([change], ', backup: { store: broken }'));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 4, result.stderr);
    assert.equal((await shown(run)).state, 'aborted');
    assert.match(words(result), /nothing of this run was committed; `db` is as before/);
    assert.equal(users(run), 50);
  });
});

// What retention leaves for the sake of runs: the way back of the run that changed a database last, and what a run that is
// not over has found.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const schema = `
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 'user ' || x FROM n;
`;
const project = `
apiVersion: belay/v1
stores:
  spare: { driver: local, path: ./spare }
targets:
  app: { driver: sqlite, path: ./app.db }
`;
/** `db` may be called otherwise: it is the file that counts. */
const job = (steps: readonly string[], name = 'db', more = '') =>
  `apiVersion: belay/v1\nname: job\ntargets:\n  ${name}: { use: app${more} }\nsteps:\n  - ${steps.join('\n  - ')}\n`;

const copy =
  '{ id: copy, action: backup.create, with: { target: db, label: before, verify: integrity, store: spare } }';
const alter =
  '{ id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }';
const idle =
  '{ id: idle, action: sqlite.execute, with: { target: main, sql: "DELETE FROM users WHERE id > 900" } }';
const expire =
  '{ id: expire, action: backup.expire, with: { target: main, keep: { last: 1 }, store: spare } }';

const columns = (run: Cli) => run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')");

async function ran(run: Cli, ...args: string[]): Promise<string> {
  const result = await run.run(args);
  assert.equal(result.exitCode, 0, result.stderr);
  const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
  return String(shown.id);
}

async function backups(run: Cli, label: string): Promise<readonly { id: string; run: string }[]> {
  const { rawStdout } = await run.run(['backup', 'list', '--output', 'json']);
  const all = JSON.parse(rawStdout).backups as { id: string; run: string; label: string | null }[];
  return all.filter((each) => each.label === label);
}

async function putBack(run: Cli, id: string): Promise<void> {
  const result = await run.run(['rollback', id, '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(columns(run), 2);
}

describe('the copy from before an operation', () => {
  const own = (steps: readonly string[], name: string) =>
    job(steps, name).replace('use: app', 'driver: sqlite, path: app.db, backup: { keep: { last: 1 } }');
  const copies = async (run: Cli) => (await backups(run, 'pre-operation')).map((each) => each.run);

  test('stays beside `keep` while its run is the last that changed something', async () => {
    await using run = cli();
    run
      .database('app.db', schema)
      .file('alter.yaml', own([alter], 'db'))
      .file('idle.yaml', own([idle], 'main'));
    const first = await ran(run, 'run', 'alter.yaml');
    await ran(run, 'run', 'idle.yaml');
    const last = await ran(run, 'run', 'idle.yaml');
    assert.deepEqual(await copies(run), [last, first]);
    await putBack(run, first);
    // Now nothing is left of it to put back, and `keep` alone counts.
    const again = await ran(run, 'run', 'idle.yaml');
    assert.deepEqual(await copies(run), [again]);
  });

  test('goes as `keep` says once a later run has changed the file', async () => {
    await using run = cli();
    const more = idle.replace('DELETE FROM users WHERE id > 900', 'UPDATE users SET id = id + 100');
    run
      .database('app.db', schema)
      .file('alter.yaml', own([alter], 'db'))
      .file('more.yaml', own([more], 'main'));
    await ran(run, 'run', 'alter.yaml');
    const last = await ran(run, 'run', 'more.yaml');
    assert.deepEqual(await copies(run), [last]);
  });
});

describe('a backup that served a run as its way back', () => {
  test('survives the retention of a person, of another runbook, and of another store, which name the run', async () => {
    await using run = cli();
    run
      .file('belay.yaml', project)
      .database('app.db', schema)
      .file('alter.yaml', job([copy, alter]))
      .file('night.yaml', job([copy.replaceAll('target: db', 'target: main'), expire], 'main'));
    const first = await ran(run, 'run', 'alter.yaml');
    const [served] = await backups(run, 'before');
    assert.equal(served?.run, first);
    await ran(run, 'run', 'night.yaml');
    const args = ['backup', 'expire', '--target', 'app', '--store', 'spare', '--keep', 'last=1'];
    for (let i = 0; i < 2; i++)
      await ran(run, 'backup', 'create', '--target', 'app', '--store', 'spare', '--label', 'later');
    const dry = await run.run([...args, '--dry-run', '--output', 'json']);
    const decided = dry.json().decisions as { id: string; decision: string; reasons: string[] }[];
    assert.deepEqual(
      decided.find(({ id }) => id === served?.id),
      {
        ...decided.find(({ id }) => id === served?.id),
        decision: 'keep',
        reasons: [`pinned by ${first}, which can still be put back`],
      },
    );
    await ran(run, ...args);
    // A dry run says what the run then does.
    const stayed = (await run.run(['backup', 'list', '--output', 'json'])).rawStdout;
    for (const { id, decision } of decided) assert.equal(stayed.includes(id), decision === 'keep', id);
    assert.deepEqual((await run.run(['plan', 'night.yaml'])).exitCode, 0);
    await putBack(run, first);
    await ran(run, ...args);
    assert.deepEqual(await backups(run, 'before'), [], 'nobody needs them any more');
  });
});

test('a backup that a waiting run has found is there when it is restored', async () => {
  await using run = cli();
  const found = '{ id: found, action: backup.find, with: { target: db, label: old } }';
  const restore = `id: restore
    approval: { message: Put it back?, approvers: [nobody-here] }
    action: backup.restore
    with: { target: db, backup: "\${{ steps.found.backup }}" }`;
  run
    .file('belay.yaml', project)
    .database('app.db', schema)
    .file('restore.yaml', job([found, restore]));
  await ran(run, 'backup', 'create', '--target', 'app', '--label', 'old');
  const waiting = await run.run(['run', 'restore.yaml']);
  assert.equal(waiting.exitCode, 8, waiting.stderr);
  const { id } = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
  run.file('create.yaml', job(['{ id: copy, action: backup.create, with: { target: db } }']));
  const dry = await run.run([
    'backup',
    'expire',
    '--target',
    'app',
    '--keep',
    'last=1',
    '--dry-run',
    '--output',
    'json',
  ]);
  const [decision] = dry.json().decisions as { decision: string; reasons: string[] }[];
  assert.deepEqual(decision?.reasons, [
    'last 1 of 1',
    'newest verified',
    `pinned by ${id}, which is not over`,
  ]);
});

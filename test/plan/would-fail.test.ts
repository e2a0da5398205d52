import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cli } from '../support/cli.ts';

const runbook = (steps: string) => `apiVersion: belay/v1
name: fix
targets:
  db: { driver: sqlite, path: app.db }
steps:
${steps}`;

const here = (steps: string) =>
  cli()
    .file('belay.yaml', 'apiVersion: belay/v1\n')
    .file('runbooks/fix.yaml', runbook(steps))
    .file('migrations/1_bad.sql', 'CREATE TABLE two(id);\nALTER TABLE nowhere ADD COLUMN x;')
    .database('app.db', 'CREATE TABLE one(id INTEGER PRIMARY KEY)');

const bad = '  - { id: bad, action: sqlite.execute, with: { target: db, sql: DELETE FROM nowhere } }\n';

describe('a plan', () => {
  test('says that a step would fail: exit 4, with its place', async () => {
    await using project = here(bad);
    const { stdout, exitCode } = await project.run(['plan', 'fix']);
    assert.equal(exitCode, 4);
    assert.match(stdout, /a run would fail:\n {2}step `bad` would fail: .*nowhere \[sqlite\/syntax\]/);
    assert.match(stdout, /at runbooks\/fix\.yaml:6:11/);
    const { failures } = (await project.run(['plan', 'fix', '--output', 'json'])).json();
    assert.equal((failures as unknown[]).length, 1);
  });

  test('says it of a migration, which it has tried on a copy', async () => {
    await using project = here(
      '  - { id: up, action: sqlite.migrate, with: { target: db, from: migrations } }\n',
    );
    const { stdout, exitCode } = await project.run(['plan', 'fix']);
    assert.equal(exitCode, 4);
    assert.match(
      stdout,
      /step `up` would fail: `1_bad\.sql` on a copy: SQLite says: no such table:\s+nowhere/,
    );
    assert.match(stdout, /at migrations\/1_bad\.sql:2:1/);
  });

  test('does not say it of what an earlier step may mend, or of what may fail', async () => {
    const make =
      '  - { id: make, action: sqlite.execute, with: { target: db, sql: CREATE TABLE nowhere(id) } }\n';
    for (const steps of [make + bad, bad.replace('id: bad', 'id: bad, onFailure: continue')]) {
      await using project = here(steps);
      assert.equal((await project.run(['plan', 'fix'])).exitCode, 0);
    }
  });
});

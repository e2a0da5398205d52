// The bundled runbook `prune`, run as an operator runs it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { elspeth } from '../operation/prune/elspeth.ts';
import { cli } from '../support/cli.ts';

const runbook = join(import.meta.dirname, '../../runbooks/prune.yaml');
const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/prune.md'), 'utf8');
const [audit = '', children = '', memory = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text]) => text,
);

const cases: readonly [name: string, params: string, declared: boolean][] = [
  ['by declared keys', audit, true],
  ['by `children`', `${audit}${children}`, false],
];

for (const [name, params, declared] of cases) {
  test(`the runbook prune does the retention delete of its how-to ${name}`, async () => {
    await using work = cli();
    work.file('audit.yaml', params.replace('./runs/audit.db', './audit.db'));
    work.database('audit.db', elspeth({ declared, indexed: true, runs: 60 }));
    const args = [runbook, '--params-file', 'audit.yaml'];
    const plan = await work.run(['plan', ...args]);
    assert.match(plan.stdout, /`runs`: 3\d rows of 60[\s\S]*`routing_events`: \d+ rows of 1,440/);
    const { exitCode, stdout, stderr } = await work.run([
      'run',
      ...args,
      '--confirm',
      'byTime=audit.db',
      '--non-interactive',
    ]);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout + stderr, /node_states: 2,\d+ rows deleted/);
    const [run = ''] = readdirSync(work.path('archives'));
    const files = readdirSync(join(work.path('archives'), run, 'byTime'));
    assert.ok(files.includes('manifest.json') && files.length === 13, files.join());
  });
}

test('the runbook prune deletes the stale patterns of its how-to, and nothing without the typed name', async () => {
  await using work = cli();
  work.file(
    'memory.yaml',
    memory.replace('.swarm/memory.db', './memory.db').replace('/opt/claude-code-archives', './archives'),
  );
  work.database(
    'memory.db',
    `CREATE TABLE patterns (id TEXT PRIMARY KEY, last_used TEXT, usage_count INTEGER, confidence REAL, created_at TEXT);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200)
     INSERT INTO patterns SELECT 'p' || i, datetime('now', '-' || i || ' days'), i % 5, 0.5, datetime('now', '-300 days') FROM n;`,
  );
  const args = ['run', runbook, '--params-file', 'memory.yaml', '--non-interactive'];
  assert.notEqual((await work.run(args)).exitCode, 0);
  const { exitCode, stdout, stderr } = await work.run([...args, '--confirm', 'byPredicate=memory.db']);
  assert.equal(exitCode, 0, stdout + stderr);
  // By count: used less than three times and 91 to 200 days ago; never used, all.
  assert.match(stdout + stderr, /patterns: 84 rows deleted/);
});

test('the runbook prune takes one way to choose rows', async () => {
  await using work = cli();
  work.database('app.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT)');
  for (const more of [[], ['-p', 'column=at', '-p', 'where=id < 5']]) {
    const args = [
      'run',
      runbook,
      '-p',
      'database=app.db',
      '-p',
      'table=t',
      ...more,
      '--non-interactive',
      '--confirm',
      'byTime=audit.db',
      '--confirm',
      'byPredicate=memory.db',
    ];
    const { exitCode, stdout, stderr } = await work.run(args);
    assert.equal(exitCode, 4, stdout + stderr);
  }
});

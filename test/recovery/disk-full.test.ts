// A disk that is full while a run changes a database in rollback-journal mode: nobody else is said to have written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arm, cannotShim } from '../crash/shim.ts';
import { type Cli, cli } from '../support/cli.ts';

function job(): Cli {
  return cli()
    .database('app.db', 'CREATE TABLE t(x); INSERT INTO t VALUES (1)')
    .file(
      'job.yaml',
      `apiVersion: belay/v1
name: job
targets: { db: { driver: sqlite, path: ./app.db } }
steps:
  - { id: wider, action: sqlite.execute, with: { target: db, sql: ALTER TABLE t ADD COLUMN y } }
  - { id: more, action: sqlite.execute, with: { target: db, sql: "INSERT INTO t VALUES (2, 2)" } }
`,
    );
}

const columns = (work: Cli): unknown =>
  work.query('app.db', "SELECT group_concat(name) FROM pragma_table_info('t')");

test('no room for a moment, after a change of the schema: the backup is restored', {
  skip: cannotShim,
}, async () => {
  await using counted = job();
  const counting = arm({
    ...{ role: 'child', at: 0, fault: 'count', isTraced: true },
    below: [counted.path('app.db-journal')],
  });
  assert.equal((await counted.run(['run', 'job.yaml'], { env: counting.env })).exitCode, 0);
  // The journal of SQLite is unlinked at each COMMIT: what follows the first is the beginning of the second.
  const at = 1 + (counting.trace().find(({ kind }) => kind === 'unlink')?.at ?? 0);
  for (const isForGood of [false, true]) {
    await using work = job();
    const below = [work.path('app.db-journal')];
    const shim = arm({ role: 'child', at, fault: 'ENOSPC', isForGood, below });
    const { exitCode, stderr } = await work.run(['run', 'job.yaml'], { env: shim.env });
    assert.match(stderr, /\[target\/disk-full\]/);
    assert.doesNotMatch(stderr.replaceAll(/\s+/g, ' '), /others (have|may have) written/);
    assert.equal(exitCode, isForGood ? 7 : 6, stderr);
    if (isForGood) {
      const later = await work.run(['rollback', 'last', '--confirm', 'app.db']);
      assert.equal(later.exitCode, 0, later.stderr);
    }
    assert.equal(columns(work), 'x');
  }
});

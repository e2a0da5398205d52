// Engine and SQL child are killed together at every call between the announcement of a changeset and its record, where
// COMMIT is; then somebody else commits rows, and only then the run is rolled back: our rows back, theirs kept.
//
// `BELAY_CRASH_POINTS=calls` takes every call; the short form every fifth.

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { asked } from './asked.ts';
import type { Family, JournalMode } from './families.ts';
import { countUp, say } from './report.ts';
import { type Arming, arm, cannotShim } from './shim.ts';
import { contentOf, openWorld, type World } from './world.ts';

const schema = (mode: JournalMode): string => `PRAGMA journal_mode = ${mode};
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE items(user INTEGER REFERENCES users(id) ON DELETE CASCADE, n INTEGER, body BLOB, PRIMARY KEY (user, n)) WITHOUT ROWID;
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60) INSERT INTO users SELECT x, 'user ' || x, x % 7 FROM n;
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200) INSERT INTO items SELECT x % 60 + 1, x, zeroblob(30) FROM n;`;

const ours = [
  'UPDATE users SET visits = visits + 1 WHERE id < 40',
  'UPDATE items SET n = n + 1000 WHERE user = 3',
  'DELETE FROM users WHERE id > 50',
  "INSERT INTO users(id, name) VALUES (70, 'ours'), (71, 'ours')",
];
/** New rows, rows that we had nothing to do with, and another column of one that we changed. */
const theirs = `INSERT INTO users(id, name) VALUES (80, 'theirs');
  INSERT INTO items VALUES (5, 9000, x'ff');
  UPDATE users SET visits = 99 WHERE id = 45;
  UPDATE users SET name = 'theirs too' WHERE id = 7;
  DELETE FROM items WHERE user = 44;`;
/** The very value that we changed. */
const against = 'UPDATE users SET visits = 1000 WHERE id = 7;';

const family: Family = {
  name: 'one commit',
  databases: ['app.db'],
  endsAsBefore: false,
  build: async (world, mode) => {
    world.database('app.db', schema(mode)).file(
      'job.yaml',
      `apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - { id: change, action: sqlite.execute, with: { target: db, sql: "${ours.join('; ')}" } }
`,
    );
  },
  command: () => ['run', 'job.yaml'],
};

type Strike = Pick<Arming, 'role' | 'at' | 'below'>;

describe('killed between changeset, COMMIT and record, with others writing before the rollback', () => {
  for (const mode of ['WAL', 'DELETE'] as const)
    test(`our rows back, theirs kept (${mode})`, { skip: cannotShim }, async () => {
      await using world = await openWorld(family, mode);
      world.reset();
      const initial = visits(world);
      world.cli.database('app.db', theirs);
      const wanted = contentOf([world.cli.path('app.db')]);
      const points = (await pointsOf(world)).filter((_, i) => asked.points === 'calls' || i % 5 === 0);
      const outcomes = new Map<string, number>();
      for (const [i, point] of points.entries()) {
        const at = `${point.role} call ${point.at}`;
        world.reset();
        const shim = arm({ ...point, fault: 'kill-both' });
        await world.cli.run(family.command(world.cli), { env: shim.env });
        assert.ok(shim.counts().isTriggered, `${at}: nothing was killed`);
        assert.equal(await world.quiet(), undefined, at);
        const isIn = visits(world) !== initial;
        const isAgainst = isIn && i % 2 === 1;
        world.cli.database('app.db', isAgainst ? theirs + against : theirs);
        const left = contentOf([world.cli.path('app.db')]);
        const result = await world.cli.run(['rollback', 'last', '--confirm', 'app.db', '--output', 'json']);
        const said = `${at}: ${result.rawStderr}${result.rawStdout}`;
        if (isAgainst) {
          assert.equal(result.exitCode, 7, said);
          assert.equal(contentOf([world.cli.path('app.db')]), left, said);
          assert.deepEqual(conflictsOf(result.rawStdout), [['users', { id: 7 }, 'changed']], said);
          const kept = await world.cli.run(['rollback', 'last', '--confirm', 'app.db', '--keep-conflicts']);
          assert.equal(kept.exitCode, 0, `${at}: ${kept.rawStderr}`);
          world.cli.database('app.db', `UPDATE users SET visits = 7 % 7 WHERE id = 7 AND visits = 1000`);
        } else assert.equal(result.exitCode, 0, said);
        assert.equal(contentOf([world.cli.path('app.db')]), wanted, said);
        assert.deepEqual(world.problems(), [], at);
        countUp(outcomes, `${isIn ? 'committed' : 'not committed'}${isAgainst ? ', against' : ''}`);
      }
      say(`crash: others before the rollback, ${mode}: ${points.length} kills, 0 violations`, outcomes);
      assert.ok(outcomes.has('committed') && outcomes.has('not committed'), 'on both sides of COMMIT');
    });
});

/** Of the engine from the event before the announcement to the one after the record; of the child those on the database. */
async function pointsOf({ events, calls, cli, reset }: World): Promise<Strike[]> {
  const announced = events.findIndex(({ type }) => type === 'commit-announced');
  const recorded = events.findIndex(({ type }) => type === 'committed');
  const [from, to] = [events[announced - 1]?.at ?? 1, events[recorded + 1]?.at ?? calls.journal];
  const range = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);
  reset();
  const shim = arm({ role: 'any', at: 0, fault: 'count', isTraced: true, below: [cli.folder] });
  await cli.run(family.command(cli), { env: shim.env });
  const onDatabase = shim
    .trace()
    .filter(({ role, path }) => role === 'child' && /app\.db(-wal|-shm|-journal)?$/.test(path));
  return [
    ...range(from, to).map((at) => ({ role: 'engine' as const, at, below: [cli.path('.belay/journal.db')] })),
    ...onDatabase.map(({ at }) => ({ role: 'child' as const, at, below: [cli.folder] })),
  ];
}

function visits(world: World): unknown {
  // A journal that was left behind is played back, as by anybody who opens the database.
  using db = new DatabaseSync(world.cli.path('app.db'));
  return db.prepare('SELECT total(visits) || count(*) AS sum FROM users').get()?.sum;
}

function conflictsOf(stdout: string): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(
      (line) =>
        JSON.parse(line) as { type?: string; conflicts?: { table: string; key: unknown; why: string }[] },
    )
    .flatMap(({ type, conflicts = [] }) => (type === 'undo-failed' ? conflicts : []))
    .map(({ table, key, why }) => [table, key, why]);
}

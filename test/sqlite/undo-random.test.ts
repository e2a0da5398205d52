import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { hasAmbiguousKey } from '../../src/sqlite/child/changeset/has-ambiguous-key.ts';
import { invertChangeset } from '../../src/sqlite/child/changeset/invert.ts';
import { applyUndo } from '../../src/sqlite/child/undo/apply-undo.ts';
import { changesetState } from '../../src/sqlite/child/undo/changeset-state.ts';
import { columnsOf } from '../../src/sqlite/child/undo/columns-of.ts';
import { readSequences } from '../../src/sqlite/child/undo/sequences.ts';
import type { UndoRequest } from '../../src/target/undo.ts';
import {
  expectedUndo,
  judgeContent,
  orphans,
  type Picture,
  picture,
  showKey,
} from './support/undo-oracle.ts';
import { createRandom, type RandomSchema, randomSchema, randomStatement } from './support/undo-random.ts';

const cases = Number(process.env.BELAY_UNDO_CASES ?? 2000);
const firstSeed = Number(process.env.BELAY_UNDO_SEED ?? 1);
const ignore = (): void => {};

interface Recorded {
  readonly changeset: Uint8Array;
  readonly before: Picture;
  readonly after: Picture;
}

test(`random schemas and workloads beside other writers: ours back, theirs kept (${cases} cases)`, (t) => {
  const counts: Record<string, number> = {};
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    try {
      const outcome = runCase(seed);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  t.diagnostic(`seeds ${firstSeed}…${firstSeed + cases - 1}: ${JSON.stringify(counts)}`);
});

function runCase(seed: number): string {
  const random = createRandom(seed);
  const schema = randomSchema(random);
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true, defensive: true });
  try {
    for (const sql of [...schema.sql, ...schema.triggers]) db.exec(sql);
    const some = (n: number): void => {
      for (let i = random.int(n); i > 0; i--) attempt(db, randomStatement(random, schema));
    };
    some(40);
    const hasOthers = random.chance(0.6);
    const ours: Recorded[] = [];
    const numbers = { before: {}, after: {} } as {
      before: Record<string, number>;
      after: Record<string, number>;
    };
    const names = schema.tables.map(({ name }) => name);
    const first = picture(db, schema);
    const hadOrphans = orphans(db).length > 0;
    const sequencesFirst = readSequences(db, names);
    for (let i = 1 + random.int(3); i > 0; i--) {
      if (hasOthers) others(db, random, some);
      const sequences = readSequences(db, names);
      const one = ourTransaction(db, schema, () => some(6));
      if (!one) continue;
      if (hasAmbiguousKey(one.changeset)) return 'not recorded';
      ours.push(one);
      numbers.before = { ...sequences, ...numbers.before };
      numbers.after = { ...numbers.after, ...readSequences(db, names) };
      if (one.changeset.byteLength === 0) continue;
      assert.deepEqual(changesetState(db, one.changeset, columnsOf(db, names), ignore), { state: 'applied' });
      checkInversion(db, schema, one);
    }
    if (ours.length === 0) return 'empty';
    if (hasOthers) others(db, random, some);
    const onConflict = random.pick(['abort', 'abort', 'keep', 'discard'] as const);
    const request: UndoRequest = {
      changesets: ours.map(({ changeset }) => changeset).toReversed(),
      onConflict,
      sequences: numbers,
      columns: columnsOf(db, names),
    };
    const outcome = checkUndo(db, schema, ours, request);
    // Rows without a parent from before are not put back by rows: nothing tells them from those others have orphaned.
    if (!hasOthers && hadOrphans && outcome !== 'undone') return 'alone, orphans before';
    if (!hasOthers) {
      assert.equal(outcome, 'undone');
      assert.deepEqual(picture(db, schema), first);
      // A number that went beyond 2^53 is not recorded, so it is not put back.
      for (const [name, value] of Object.entries(readSequences(db, names)))
        assert.equal(value, sequencesFirst[name], `sequence of ${name}`);
      return 'alone';
    }
    return `${onConflict} ${outcome}`;
  } finally {
    db.close();
  }
}

function others(db: DatabaseSync, random: ReturnType<typeof createRandom>, some: (n: number) => void): void {
  if (random.chance(0.15)) db.exec('PRAGMA foreign_keys = OFF');
  some(10);
  db.exec('PRAGMA foreign_keys = ON');
}

function attempt(db: DatabaseSync, sql: string): void {
  try {
    db.exec(sql);
  } catch {
    // A constraint; the next statement goes on.
  }
}

function ourTransaction(db: DatabaseSync, schema: RandomSchema, work: () => void): Recorded | undefined {
  const before = picture(db, schema);
  db.exec('BEGIN IMMEDIATE');
  const session = db.createSession();
  work();
  const changeset = session.changeset();
  session.close();
  attempt(db, 'COMMIT');
  if (db.isTransaction) {
    db.exec('ROLLBACK');
    return undefined;
  }
  return { changeset, before, after: picture(db, schema) };
}

/** Against SQLite itself: what it applies of our inversion is the content of before. */
function checkInversion(db: DatabaseSync, schema: RandomSchema, { changeset, before }: Recorded): void {
  const inverse = invertChangeset(changeset);
  assert.deepEqual(Buffer.from(invertChangeset(inverse)), Buffer.from(changeset));
  db.exec('PRAGMA foreign_keys = OFF; BEGIN');
  for (const { name } of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
    db.exec(`DROP TRIGGER "${name}"`);
  // Values that rows pass round in a circle are more than SQLite's own apply can do.
  if (db.applyChangeset(inverse)) {
    assert.deepEqual(picture(db, schema), before);
    assert.equal(changesetState(db, inverse, undefined, ignore).state, 'applied');
    assert.equal(changesetState(db, changeset, undefined, ignore).state, 'not-applied');
  }
  db.exec('ROLLBACK; PRAGMA foreign_keys = ON');
}

function undo(db: DatabaseSync, request: UndoRequest) {
  db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE');
  const result = applyUndo(db, request, ignore);
  db.exec(result.state === 'prepared' ? 'COMMIT' : 'ROLLBACK');
  db.exec('PRAGMA foreign_keys = ON');
  return result;
}

function checkUndo(
  db: DatabaseSync,
  schema: RandomSchema,
  ours: readonly Recorded[],
  request: UndoRequest,
): string {
  const now = picture(db, schema);
  const orphansNow = new Set(orphans(db));
  const schemaNow = schemaOf(db);
  const expected = expectedUndo(now, ours, request.onConflict);
  const result = undo(db, request);
  const found = result.conflicts.map(
    ({ table, key, why }) => `${table} ${why} ${showKey(Object.entries(key))}`,
  );
  const after = picture(db, schema);
  assert.deepEqual(schemaOf(db), schemaNow);
  if (result.state === 'conflicts') assert.deepEqual(after, now, 'a refused undo changed something');

  const fatal = request.onConflict === 'abort' ? expected.conflicts : expected.lost;
  if (request.onConflict !== 'keep' && fatal.length > 0) {
    assert.equal(result.state, 'conflicts');
    assert.deepEqual(found.sort(), fatal);
    return 'conflicts';
  }
  const judged = judgeContent(schema, expected.rows);
  const isNew = (orphan: string): boolean => !orphansNow.has(orphan);
  if (request.onConflict !== 'keep' && result.state === 'conflicts') {
    const isForeignKey = result.conflicts.every(({ why }) => why === 'foreign-key');
    if (isForeignKey) assert.ok(judged.orphans.some((orphan) => isNew(orphan) || orphan.includes('#')));
    else {
      assert.ok(result.conflicts.every(({ why }) => why === 'constraint'));
      assert.ok(judged.refusal, 'a constraint was blamed that holds');
    }
    return isForeignKey ? 'foreign-key' : 'constraint';
  }
  // Only a row without a parent that no row of ours accounts for stops `keep`.
  if (result.state === 'conflicts') {
    assert.ok(result.conflicts.some(({ why, ours, theirs }) => why === 'foreign-key' && !ours && !theirs));
    return 'refused';
  }
  const refusedRows = new Set(
    result.conflicts.flatMap(({ table, key, why }) =>
      why === 'constraint' || why === 'foreign-key' ? [`${table} ${showKey(Object.entries(key))}`] : [],
    ),
  );
  for (const id of new Set([...now.keys(), ...expected.rows.keys(), ...after.keys()])) {
    const name = `${id.split('\n')[0]} ${(now.get(id) ?? expected.rows.get(id) ?? after.get(id))?.shownKey}`;
    const wanted = refusedRows.has(name) ? now.get(id) : expected.rows.get(id);
    assert.deepEqual(after.get(id)?.values, wanted?.values, id);
  }
  if (refusedRows.size === 0) {
    assert.equal(judged.refusal, undefined);
    assert.deepEqual(found.sort(), expected.conflicts);
  }
  assert.deepEqual(
    orphans(db).filter((orphan) => isNew(orphan) && !orphan.includes('#')),
    [],
  );
  if (refusedRows.size > 0) return 'kept some';
  if (request.onConflict === 'abort') {
    const again = undo(db, request);
    assert.deepEqual([again.state, again.rows, again.conflicts], ['prepared', 0, []]);
    assert.deepEqual(picture(db, schema), after);
  }
  return 'undone';
}

function schemaOf(db: DatabaseSync): unknown {
  return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
}

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { tablesWithEqualKeys } from '../../src/sqlite/child/changeset/equal-keys.ts';
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
import {
  createRandom,
  type Feature,
  populate,
  type Random,
  type RandomSchema,
  randomSchema,
  randomStatement,
} from './support/undo-random.ts';

/** Beside others; every ninth after them is alone. */
const cases = Number(process.env.BELAY_UNDO_CASES ?? 2000);
const firstSeed = Number(process.env.BELAY_UNDO_SEED ?? 1);
const ignore = (): void => {};
/** In memory where there is such a place: what is on disk after a crash is another test's. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What the cases had in them, of our transactions that were committed. */
type Seen =
  | Feature
  | 'UPDATE of a key'
  | 'UPSERT'
  | 'REPLACE'
  | 'written by a trigger or a cascade'
  | 'written by a cascade alone'
  | 'blob'
  | 'NULL'
  | 'others between our transactions'
  | 'others turned away by our lock'
  | 'others after our COMMIT';

/** Two connections on one file: ours, and that of everybody else. */
interface Sides {
  readonly ours: DatabaseSync;
  readonly theirs: DatabaseSync;
  readonly schema: RandomSchema;
  readonly random: Random;
  see(what: Seen): void;
}

interface Recorded {
  readonly changeset: Uint8Array;
  readonly before: Picture;
  readonly after: Picture;
}

test(`random schemas and workloads beside other writers: ours back, theirs kept (${cases} cases)`, (t) => {
  const counts: Record<string, number> = {};
  const seen: Record<string, number> = {};
  const folder = mkdtempSync(join(base, 'belay-undo-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let beside = 0;
  let seed = firstSeed;
  for (; beside < cases; seed++) {
    const hasOthers = seed % 9 !== 0;
    const saw = new Set<string>();
    try {
      const outcome = runCase(seed, hasOthers, join(folder, 'app.db'), saw);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (hasOthers && outcome !== 'empty') beside++;
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    for (const each of saw) seen[each] = (seen[each] ?? 0) + 1;
  }
  t.diagnostic(`seeds ${firstSeed}…${seed - 1}: ${JSON.stringify(counts)}`);
  t.diagnostic(`cases with: ${JSON.stringify(seen)}`);
  for (const what of everything) assert.ok((seen[what] ?? 0) >= cases / 50, `${what}: ${seen[what]}`);
  const share = (test: RegExp): number =>
    Object.entries(counts).reduce((sum, [name, n]) => sum + (test.test(name) ? n : 0), 0) / beside;
  assert.ok(share(/^(abort|keep|discard) undone$/) > 0.6, 'most are taken back whole');
  assert.ok(share(/not recorded|constraint|foreign-key|refused/) < 0.1, 'few are refused for another reason');
});

const everything: readonly Seen[] = [
  ...(['composite key', 'WITHOUT ROWID', 'AUTOINCREMENT', 'generated column', 'trigger'] as const),
  ...(['INSTEAD OF trigger', 'foreign key', 'foreign key of two columns', 'foreign key to itself'] as const),
  ...(['foreign keys both ways', 'unique index', 'UPDATE of a key', 'UPSERT', 'REPLACE'] as const),
  ...(['written by a trigger or a cascade', 'written by a cascade alone', 'blob', 'NULL'] as const),
  ...([
    'others between our transactions',
    'others turned away by our lock',
    'others after our COMMIT',
  ] as const),
];

function runCase(seed: number, hasOthers: boolean, path: string, saw: Set<string>): string {
  const random = createRandom(seed);
  const schema = randomSchema(random);
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, defensive: true });
  const theirs = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 0 });
  const sides: Sides = { ours: db, theirs, schema, random, see: (what) => saw.add(what) };
  for (const feature of schema.features) sides.see(feature);
  try {
    db.exec(`PRAGMA journal_mode = ${seed % 4 === 0 ? 'DELETE' : 'WAL'}`);
    for (const side of [db, theirs]) side.exec('PRAGMA synchronous = OFF');
    for (const sql of [...schema.sql, ...schema.triggers]) db.exec(sql);
    const some = (n: number, side = db): void => {
      for (let i = random.int(n); i > 0; i--) attempt(side, randomStatement(random, schema));
    };
    for (const sql of populate(random, schema)) attempt(db, sql);
    some(12);
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
      if (hasOthers) others(sides, some, 'others between our transactions');
      const sequences = readSequences(db, names);
      const one = ourTransaction(sides, hasOthers, random.int(6));
      if (!one) continue;
      if (one.changeset.byteLength > 0) note(one, sides);
      const [all, equal] = [growthOf(one, names), tablesWithEqualKeys(db, names)];
      if (hasAmbiguousKey(one.changeset, new Map([...all].filter(([name]) => equal.includes(name)))))
        return 'not recorded';
      assert.ok(!hasAmbiguousKey(one.changeset, all), 'a record of a row that was there before');
      ours.push(one);
      numbers.before = { ...sequences, ...numbers.before };
      numbers.after = { ...numbers.after, ...readSequences(db, names) };
      if (one.changeset.byteLength === 0) continue;
      assert.deepEqual(changesetState(db, one.changeset, columnsOf(db, names), ignore), { state: 'applied' });
      checkInversion(db, schema, one);
    }
    if (ours.length === 0) return 'empty';
    if (hasOthers) others(sides, some, 'others after our COMMIT');
    const onConflict = random.pick(['abort', 'abort', 'keep', 'discard'] as const);
    const request: UndoRequest = {
      changesets: ours.map(({ changeset }) => changeset).toReversed(),
      onConflict,
      sequences: numbers,
      columns: columnsOf(db, names),
    };
    const outcome = checkUndo(sides, hasOthers, ours, request);
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
    theirs.close();
  }
}

function others(
  { theirs, random, see }: Sides,
  some: (n: number, side: DatabaseSync) => void,
  when: Seen,
): void {
  const before = totalChanges(theirs);
  if (random.chance(0.15)) theirs.exec('PRAGMA foreign_keys = OFF');
  some(10, theirs);
  theirs.exec('PRAGMA foreign_keys = ON');
  if (totalChanges(theirs) > before) see(when);
}

/** While our transaction is open nobody else commits, whatever they try. */
function assertTurnedAway({ theirs, see }: Sides): void {
  assert.throws(
    () => theirs.exec('BEGIN IMMEDIATE'),
    (error: Error & { errcode?: number }) => error.errcode === 5,
  );
  see('others turned away by our lock');
}

function attempt(db: DatabaseSync, sql: string): boolean {
  try {
    db.exec(sql);
    return true;
  } catch {
    // A constraint; the next statement goes on.
    return false;
  }
}

function totalChanges(db: DatabaseSync): number {
  return Number(db.prepare('SELECT total_changes() AS n').get()?.n);
}

/** What a statement of ours did that is worth counting. */
function noteStatement({ ours: db, schema, see }: Sides, sql: string, totalBefore: number): void {
  const total = totalChanges(db) - totalBefore;
  const own = Number(db.prepare('SELECT changes() AS n').get()?.n);
  if (total === 0) return;
  if (total > own) see('written by a trigger or a cascade');
  if (total > own && schema.triggers.length === 0 && !sql.includes('REPLACE'))
    see('written by a cascade alone');
  if (/^UPDATE .* SET (.*, )?k[01] = /.test(sql)) see('UPDATE of a key');
  if (sql.includes('DO UPDATE')) see('UPSERT');
  if (sql.includes('OR REPLACE')) see('REPLACE');
}

function growthOf({ before, after }: Recorded, names: readonly string[]): Map<string, number> {
  const count = (rows: Picture, name: string): number =>
    [...rows.keys()].filter((id) => id.startsWith(`${name}\n`)).length;
  return new Map(names.map((name) => [name, count(after, name) - count(before, name)]));
}

function note({ before, after }: Recorded, { see }: Sides): void {
  for (const [id, { values }] of after) {
    if (before.get(id)?.values === values) continue;
    const all = Object.values(values);
    if (all.some((value) => value.startsWith('blob'))) see('blob');
    if (all.some((value) => value.startsWith('null'))) see('NULL');
  }
}

function ourTransaction(sides: Sides, hasOthers: boolean, statements: number): Recorded | undefined {
  const { ours: db, schema, random } = sides;
  const before = picture(db, schema);
  db.exec('BEGIN IMMEDIATE');
  const session = db.createSession();
  for (let i = statements; i > 0; i--) {
    const sql = randomStatement(random, schema);
    const total = totalChanges(db);
    if (attempt(db, sql)) noteStatement(sides, sql, total);
    // A number that AUTOINCREMENT has no more of ends the transaction.
    if (db.isTransaction) continue;
    session.close();
    return undefined;
  }
  if (hasOthers) assertTurnedAway(sides);
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

function undo(sides: Sides, hasOthers: boolean, request: UndoRequest) {
  const { ours: db } = sides;
  db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE');
  const result = applyUndo(db, request, ignore);
  if (hasOthers) assertTurnedAway(sides);
  db.exec(result.state === 'prepared' ? 'COMMIT' : 'ROLLBACK');
  db.exec('PRAGMA foreign_keys = ON');
  return result;
}

function checkUndo(
  sides: Sides,
  hasOthers: boolean,
  ours: readonly Recorded[],
  request: UndoRequest,
): string {
  const { ours: db, theirs, schema } = sides;
  const now = picture(db, schema);
  const orphansNow = new Set(orphans(db));
  const schemaNow = schemaOf(db);
  const expected = expectedUndo(now, ours, request.onConflict);
  const result = undo(sides, hasOthers, request);
  const found = result.conflicts.map(
    ({ table, key, why }) => `${table} ${why} ${showKey(Object.entries(key))}`,
  );
  // As everybody else sees it.
  const after = picture(theirs, schema);
  assert.deepEqual(schemaOf(theirs), schemaNow);
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
    assertNamesOurs(found, ours);
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
    const again = undo(sides, hasOthers, request);
    assert.deepEqual([again.state, again.rows, again.conflicts], ['prepared', 0, []]);
    assert.deepEqual(picture(db, schema), after);
  }
  return 'undone';
}

/** Whatever stops an undo is told by rows that the run has written, or by a constraint where no row can be told. */
function assertNamesOurs(found: readonly string[], ours: readonly Recorded[]): void {
  const written = new Set(
    ours.flatMap(({ before, after }) =>
      [...before, ...after]
        .filter(([id]) => JSON.stringify(before.get(id)?.values) !== JSON.stringify(after.get(id)?.values))
        .map(([id, { shownKey }]) => `${id.split('\n')[0]} ${shownKey}`),
    ),
  );
  for (const conflict of found) {
    const row = conflict.replace(/ (constraint|foreign-key) /, ' ');
    assert.ok(written.has(row) || row.includes('"constraint"'), `\`${row}\` is none of ours`);
  }
}

function schemaOf(db: DatabaseSync): unknown {
  return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
}

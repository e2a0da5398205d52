import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBackup } from '../../src/backup/find.ts';
import { listBackups, locateBackup } from '../../src/backup/list.ts';
import type { BackupEntry } from '../../src/backup/manifest.ts';
import { restoreBackup } from '../../src/backup/restore.ts';
import { verifyBackup } from '../../src/backup/verify.ts';
import { systemClock } from '../../src/base/index.ts';
import { Failure } from '../../src/diagnostic/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';
import { type Bench, bench } from './support.ts';

const isFailure = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
const reader = (b: Bench) => ({ driver: sqliteDriver, scratchFolder: b.scratch });

async function restoreIt(b: Bench, entry: BackupEntry): Promise<unknown> {
  const found = await locateBackup([b.store], entry.id);
  return restoreBackup({ ...reader(b), session: b.session, spec: b.spec, found, allowsOtherDatabase: false });
}

/** `npm run crash` asks for more. */
const flips = Number(process.env.BELAY_CRASH_FLIPS ?? 1000);
const cuts = Number(process.env.BELAY_CRASH_CUTS ?? 100);

/** Tells flips apart from each other by a seed that a failure prints. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('a backup with one flipped bit, wherever it is, is never restored', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  const artifact = join(entry.path, 'database.sqlite.zst');
  const whole = readFileSync(artifact);
  const found = await b.found(entry);
  const before = await b.session.contentHash();
  const seed = Date.now() % 1e6;
  const next = random(seed);
  for (let round = 0; round < flips; round++) {
    const damaged = Buffer.from(whole);
    const at = next(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << next(8));
    writeFileSync(artifact, damaged);
    const where = `seed ${seed}, round ${round}, byte ${at}`;
    await assert.rejects(restoreIt(b, entry), isFailure('backup/damaged'), where);
    if (round % 10 > 0) continue;
    const verified = await verifyBackup(found, 'quick', reader(b));
    assert.notDeepEqual(verified.problems, [], where);
    assert.equal(verified.entry.verified, 'no');
  }
  assert.equal(await b.session.contentHash(), before);
  writeFileSync(artifact, whole);
  assert.deepEqual((await verifyBackup(found, 'quick', reader(b))).problems, []);
});

test('an artifact cut off anywhere is listed as unusable and refused', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  const artifact = join(entry.path, 'database.sqlite.zst');
  const whole = readFileSync(artifact);
  for (let part = 0; part < cuts; part++) {
    truncateSync(artifact, Math.floor((whole.length * part) / cuts));
    const [listed] = await listBackups(b.store);
    assert.equal(listed?.entry.verified, 'no');
    assert.match(listed?.entry.problem ?? '', /^its artifact has \d+ bytes, expected \d+$/);
    await assert.rejects(restoreIt(b, entry), isFailure('backup/damaged'));
    writeFileSync(artifact, whole);
  }
});

test('every changed field of a manifest is refused or found before the database is touched', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  const path = join(entry.path, 'manifest.json');
  const whole = readFileSync(path, 'utf8');
  const before = await b.session.contentHash();
  const changes: readonly [from: RegExp, to: string][] = [
    // Turned round: a digit set to a fixed one may be that one already.
    [/("contentHash": ")(..)(\w+)/, '$1$3$2'],
    [/("database": \{[^}]*?"sha256": ")(..)(\w+)/, '$1$3$2'],
    [/("artifact": \{[^}]*?"sha256": ")../, '$1zz'],
    [/"pageCount": \d+/, '"pageCount": 1'],
    [/"userVersion": 0/, '"userVersion": 7'],
    [/"rows": 400/, '"rows": 399'],
    [/"file": "[^"]*"/, '"file": "../../../../etc/passwd"'],
    [/"compression": "zstd"/, '"compression": "none"'],
    [/"version": 1/, '"version": 0'],
    [/"id": "bak-/, '"id": "bak+'],
    [/"problems": \[\]/, '"problems": ["row 1 missing"]'],
    [/^\{/, ''],
    [/.*/s, ''],
    [/.*/s, '[]'],
  ];
  for (const [from, to] of changes) {
    writeFileSync(path, whole.replace(from, to));
    assert.notEqual(readFileSync(path, 'utf8'), whole, String(from));
    await assert.rejects(restoreIt(b, entry), isFailure('backup/damaged'), String(from));
  }
  assert.equal(await b.session.contentHash(), before);
});

test('a manifest of a newer version is refused with its own code, and named', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  const path = join(entry.path, 'manifest.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 2'));
  await assert.rejects(restoreIt(b, entry), isFailure('backup/newer-format'));
  const [listed] = await listBackups(b.store);
  assert.match(listed?.entry.problem ?? '', /version 2/);
});

test('two backups whose artifacts, or folders, are swapped are both refused', async (t) => {
  const b = await bench(t);
  const one = await b.create();
  await b.session.execute([{ sql: "UPDATE note SET body = 'other'" }], 'change');
  const two = await b.create();
  const swap = (x: string, y: string) => {
    renameSync(x, `${x}.swap`);
    renameSync(y, x);
    renameSync(`${x}.swap`, y);
  };
  const artifacts = [join(one.path, 'database.sqlite.zst'), join(two.path, 'database.sqlite.zst')] as const;
  swap(...artifacts);
  for (const entry of [one, two]) await assert.rejects(restoreIt(b, entry), isFailure('backup/damaged'));
  swap(...artifacts);
  swap(one.path, two.path);
  for (const entry of [one, two]) await assert.rejects(restoreIt(b, entry), isFailure('backup/damaged'));
});

test('an incomplete entry is listed with its problem, and never offered', async (t) => {
  const b = await bench(t);
  const good = await b.create();
  const parts: [string, RegExp][] = [
    ['manifest.json', /no manifest/],
    ['database.sqlite.zst', /missing/],
  ];
  for (const [i, [file, problem]] of parts.entries()) {
    const id = `bak-20990101-00000${i}-xxxx`;
    const folder = join(good.path, '..', id);
    cpSync(good.path, folder, { recursive: true });
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(good.id, id));
    rmSync(join(folder, file));
    const listed = (await listBackups(b.store)).find((found) => found.entry.id === id);
    assert.equal(listed?.entry.verified, 'no');
    assert.match(listed?.entry.problem ?? '', problem);
  }
  const answer = await findBackup(await listBackups(b.store), { now: new Date() });
  assert.equal(answer.backup?.id, good.id);
  assert.equal(answer.rejected.length, 2);
});

test('find says why it passed over each newer backup, and how old its answer is', async (t) => {
  const b = await bench(t);
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = { ...systemClock, now: () => new Date(now) };
  const entries: BackupEntry[] = [];
  for (const label of ['nightly', 'nightly', 'other', 'nightly']) {
    entries.push(await b.create({ label, clock }));
    now += 3_600_000;
  }
  const damaged = entries[1];
  assert.ok(damaged);
  copyFileSync(join(entries[0]?.path ?? '', 'manifest.json'), join(damaged.path, 'manifest.json'));
  const answer = await findBackup(await listBackups(b.store), {
    now: clock.now(),
    label: 'nightly',
    before: new Date('2026-01-01T03:00:00Z'),
    verify: (found) => verifyBackup(found, 'quick', reader(b)),
  });
  assert.equal(answer.backup?.id, entries[0]?.id);
  assert.equal(answer.ageMs, 4 * 3_600_000);
  assert.deepEqual(
    answer.rejected.map((one) => one.reason.replace(/`bak-[^`]*`/, '`bak`')),
    [
      'taken 2026-01-01T03:00:00.000Z, not before 2026-01-01T03:00:00.000Z',
      'its label is `other`, expected `nightly`',
      'its manifest is that of `bak`',
    ],
  );
  const none = await findBackup(await listBackups(b.store), {
    now: clock.now(),
    after: new Date('2027-01-01T00:00:00Z'),
  });
  assert.equal(none.backup, undefined);
});

test('an unknown id is never replaced by another: it is refused with the near one named', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  const typo = `${entry.id.slice(0, -1)}${entry.id.endsWith('x') ? 'y' : 'x'}`;
  await assert.rejects(locateBackup([b.store], typo), (error) => {
    assert.ok(isFailure('backup/not-found')(error));
    return (error as Failure).fix?.includes(entry.id) ?? false;
  });
  assert.deepEqual(readdirSync(b.scratch), []);
});

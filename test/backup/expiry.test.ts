import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KeepPolicy } from '../../src/action/action.ts';
import { expireBackups } from '../../src/backup/expire.ts';
import { planExpiry } from '../../src/backup/expiry.ts';
import { listBackups } from '../../src/backup/list.ts';
import type { BackupEntry } from '../../src/backup/manifest.ts';
import { Failure } from '../../src/diagnostic/index.ts';
import { bench } from './support.ts';

const now = new Date('2026-03-15T12:00:00Z');
const hour = 3_600_000;

function entryAt(createdAt: string | number, more: Partial<BackupEntry> = {}): BackupEntry {
  const at = new Date(createdAt);
  return {
    id: `bak-${at.getTime()}-${Math.random().toString(36).slice(2, 6)}`,
    target: 'app',
    createdAt: at.toISOString(),
    path: '/store/app',
    label: null,
    run: null,
    sizeBytes: 1,
    databaseBytes: 1,
    verified: 'integrity',
    contentHash: null,
    ...more,
  };
}

const kept = (entries: BackupEntry[], keep: KeepPolicy, pinned?: ReadonlyMap<string, string>) =>
  planExpiry(entries, keep, now, pinned)
    .filter((decision) => decision.action === 'keep')
    .map((decision) => decision.entry.createdAt.slice(0, 16));

test('a policy that keeps nothing is refused', () => {
  for (const keep of [
    {},
    { last: 0 },
    { last: 0, within: 0 },
    { daily: -1 },
    { last: Number.NaN },
    { last: 1, daily: -1 },
  ])
    assert.throws(
      () => planExpiry([], keep, now),
      (error) => error instanceof Failure && error.code === 'backup/empty-keep',
    );
});

test('daily keeps the newest backup of each of the last days that have one, in UTC', () => {
  const entries = [
    '2026-03-15T01:00Z',
    '2026-03-15T09:00Z',
    '2026-03-14T23:59Z',
    '2026-03-10T08:00Z',
    '2026-03-09T08:00Z',
    '2026-03-01T08:00Z',
  ].map((at) => entryAt(at));
  assert.deepEqual(kept(entries, { daily: 3 }), ['2026-03-15T09:00', '2026-03-14T23:59', '2026-03-10T08:00']);
});

test('rules are OR-ed, and the reasons say which', () => {
  const entries = ['2026-03-15T09:00Z', '2026-03-14T09:00Z', '2026-02-01T09:00Z', '2025-02-01T09:00Z'].map(
    (at) => entryAt(at),
  );
  const reasons = planExpiry(entries, { last: 1, yearly: 2 }, now).map((decision) =>
    decision.reasons.join('; '),
  );
  assert.deepEqual(reasons, [
    'last 1 of 1; yearly 1 of 2; newest verified',
    'no rule keeps it',
    'no rule keeps it',
    'yearly 2 of 2',
  ]);
});

test('weeks are ISO weeks, also over the turn of the year', () => {
  const entries = ['2026-01-04T09:00Z', '2025-12-29T09:00Z', '2025-12-28T09:00Z'].map((at) => entryAt(at));
  assert.deepEqual(kept(entries, { weekly: 2 }), ['2026-01-04T09:00', '2025-12-28T09:00']);
});

test('as long as a rule has counts left, the oldest backup stays', () => {
  const entries = ['2026-03-15T09:00Z', '2026-03-14T09:00Z', '2026-03-14T01:00Z'].map((at) => entryAt(at));
  assert.deepEqual(kept(entries, { daily: 5 }), ['2026-03-15T09:00', '2026-03-14T09:00', '2026-03-14T01:00']);
});

test('within counts back from the newest backup, so that a pause in backups removes nothing more', () => {
  const entries = ['2026-01-05T09:00Z', '2026-01-04T09:00Z', '2026-01-01T09:00Z'].map((at) => entryAt(at));
  assert.deepEqual(kept(entries, { within: 48 * hour }), ['2026-01-05T09:00', '2026-01-04T09:00']);
});

test('unverified, future and pinned backups stay; the first two take no place of others', () => {
  const broken = entryAt('2026-03-15T11:00Z', { verified: 'no', problem: 'its artifact is missing' });
  const future = entryAt('2027-01-01T00:00Z');
  const old = entryAt('2020-01-01T00:00Z');
  const entries = [broken, future, entryAt('2026-03-15T09:00Z'), entryAt('2026-03-14T09:00Z'), old];
  assert.deepEqual(kept(entries, { last: 1 }, new Map([[old.id, 'run run-1']])), [
    '2027-01-01T00:00',
    '2026-03-15T11:00',
    '2026-03-15T09:00',
    '2020-01-01T00:00',
  ]);
});

test('for any history and policy the plan agrees with a naive model', () => {
  const history = fc.array(
    fc.record({
      hoursAgo: fc.integer({ min: -48, max: 24 * 800 }),
      verified: fc.constantFrom('integrity', 'quick', 'no' as const),
    }),
    { maxLength: 40 },
  );
  const count = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  const policy = fc
    .record({
      last: count,
      hourly: count,
      daily: count,
      weekly: count,
      monthly: count,
      yearly: count,
      within: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
    })
    .filter((keep) => Object.values(keep).some((value) => value !== undefined));
  fc.assert(
    fc.property(history, policy, fc.integer({ min: 0, max: 39 }), (given, keep, pin) => {
      const entries = given.map(({ hoursAgo, verified }, i) =>
        entryAt(now.getTime() - hoursAgo * hour, { verified, id: `bak-${String(i).padStart(3, '0')}` }),
      );
      const pinned = new Map([[`bak-${String(pin).padStart(3, '0')}`, 'run x']]);
      const defined = Object.fromEntries(
        Object.entries(keep).filter(([, value]) => value !== undefined),
      ) as KeepPolicy;
      const decisions = planExpiry(entries, defined, now, pinned);
      assert.deepEqual(
        new Set(
          decisions.filter((decision) => decision.action === 'keep').map((decision) => decision.entry.id),
        ),
        naiveKeep(entries, defined, pinned),
      );
      assert.equal(decisions.length, entries.length);
      for (const decision of decisions) assert.notEqual(decision.reasons.length, 0);
    }),
    { numRuns: 400 },
  );
});

/** The rules again, by grouping into periods instead of walking with a counter. */
function naiveKeep(
  entries: readonly BackupEntry[],
  keep: KeepPolicy,
  pinned: ReadonlyMap<string, string>,
): Set<string> {
  const time = (entry: BackupEntry) => Date.parse(entry.createdAt);
  const order = (a: BackupEntry, b: BackupEntry) => time(b) - time(a) || (a.id < b.id ? 1 : -1);
  const good = entries.filter((entry) => entry.verified !== 'no').sort(order);
  const counted = good.filter((entry) => time(entry) <= now.getTime());
  const keepIds = new Set(
    entries.filter((entry) => !counted.includes(entry) || pinned.has(entry.id)).map((entry) => entry.id),
  );
  if (good[0]) keepIds.add(good[0].id);
  for (const entry of counted.slice(0, keep.last ?? 0)) keepIds.add(entry.id);
  const monday = (at: Date) => Math.floor((Math.floor(at.getTime() / 86_400_000) + 3) / 7);
  const grouped: [number | undefined, (at: Date) => unknown][] = [
    [keep.hourly, (at) => Math.floor(at.getTime() / hour)],
    [keep.daily, (at) => Math.floor(at.getTime() / 86_400_000)],
    [keep.weekly, monday],
    [keep.monthly, (at) => at.getUTCFullYear() * 12 + at.getUTCMonth()],
    [keep.yearly, (at) => at.getUTCFullYear()],
  ];
  for (const [limit, period] of grouped) {
    if (limit === undefined) continue;
    const newestOf = new Map<unknown, BackupEntry>();
    for (const entry of counted) {
      const key = period(new Date(entry.createdAt));
      if (!newestOf.has(key)) newestOf.set(key, entry);
    }
    const chosen = [...newestOf.values()].slice(0, limit);
    for (const entry of chosen) keepIds.add(entry.id);
    const oldest = counted.at(-1);
    if (oldest && chosen.length < limit) keepIds.add(oldest.id);
  }
  const newest = counted[0];
  if (keep.within !== undefined && newest)
    for (const entry of counted) if (time(entry) > time(newest) - keep.within) keepIds.add(entry.id);
  return keepIds;
}

test('what the plan removes is announced and then gone; the rest still lists', async (t) => {
  const b = await bench(t);
  for (let i = 0; i < 3; i++) await b.create({ verify: 'quick' });
  const found = await listBackups(b.store);
  const decisions = planExpiry(
    found.map((one) => one.entry),
    { last: 1 },
    new Date(Date.now() + 1000),
  );
  const announced: string[] = [];
  await expireBackups(found, decisions, (entry) => announced.push(entry.id));
  const left = (await listBackups(b.store)).map((one) => one.entry.id);
  assert.equal(left.length, 1);
  assert.deepEqual(new Set([...announced, ...left]), new Set(found.map((one) => one.entry.id)));
});

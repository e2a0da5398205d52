import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackupService } from '../../src/backup/service.ts';
import { systemClock } from '../../src/base/index.ts';
import type { JournalEvent } from '../../src/journal/event.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';
import { bench } from './support.ts';

test('the service of a run creates, lists, verifies and expires, and records each change of a store', async (t) => {
  const b = await bench(t);
  const events: JournalEvent[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const service = createBackupService({
    stores: new Map(),
    targets: new Map([['app', b.spec]]),
    driver: sqliteDriver,
    facts: () => b.session.facts(),
    writer: async () => b.session,
    release: async () => {},
    record: (event) => events.push(event),
    clock: { ...systemClock, now: () => new Date(now) },
    runId: 'run-20260101-000000-test',
    stepId: 'snapshot',
    scratchFolder: b.scratch,
    belayVersion: '0.0.0',
    pinned: () => new Map(),
  });
  const entries = [];
  for (let day = 0; day < 3; day++) {
    entries.push(await service.create('app', { label: `day ${day}`, verify: 'quick' }));
    now += 86_400_000;
  }
  const ids = entries.map((entry) => entry.id);
  assert.deepEqual(
    (await service.list('app')).map((entry) => entry.id),
    ids.toReversed(),
  );
  assert.equal(entries[0]?.run, 'run-20260101-000000-test');
  assert.deepEqual((await service.verify(ids[1] ?? '', 'integrity')).problems, []);
  const decisions = await service.expire('app', { last: 2 });
  assert.deepEqual(
    decisions.map((decision) => decision.action),
    ['keep', 'keep', 'remove'],
  );
  assert.deepEqual(
    (await service.list('app')).map((entry) => entry.id),
    ids.toReversed().slice(0, 2),
  );
  assert.deepEqual(
    events.map((event) => [event.type, 'backup' in event ? event.backup : '']),
    [...ids.map((id) => ['backup-created', id]), ['backup-removed', ids[0]]],
  );
});

test('backups made before a target was named in the catalogue are listed with those made after', async (t) => {
  const b = await bench(t);
  const before = await b.create();
  const spec = { ...b.spec, catalogueName: 'orders' };
  const after = await b.create({ spec });
  const service = createBackupService({
    stores: new Map([['local', b.store]]),
    targets: new Map([['app', spec]]),
    driver: sqliteDriver,
    facts: () => b.session.facts(),
    writer: async () => b.session,
    release: async () => {},
    record: () => {},
    clock: systemClock,
    runId: 'run-20260101-000000-test',
    stepId: 'list',
    scratchFolder: b.scratch,
    belayVersion: '0.0.0',
    pinned: () => new Map(),
  });
  const listed = (await service.list('app')).map((entry) => entry.id);
  assert.deepEqual(new Set(listed), new Set([before.id, after.id]));
  assert.match(after.path, /\/orders\/bak-/);
});

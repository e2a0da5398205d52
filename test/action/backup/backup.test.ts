import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Duration, Timestamp } from '../../../src/base/index.ts';
import { workbench } from '../support.ts';

interface Value {
  readonly id: string;
  readonly createdAt: Timestamp;
  readonly path: string;
  readonly label: string | null;
}

const sql = 'CREATE TABLE t(x); INSERT INTO t VALUES (1), (2);';

function backupOf({ outputs }: { outputs: Record<string, unknown> }): Value {
  return outputs.backup as Value;
}

test('backup.create gives a backup that expressions can use, and backup.verify proves it', async (t) => {
  const { run, recorded, preview } = await workbench(t, sql);
  assert.match((await preview('backup.create', { target: 'db' })).lines[0] ?? '', /to store `local`$/);
  const made = await run('backup.create', { target: 'db', label: 'daily', verify: 'integrity' });
  const backup = backupOf(made);
  assert.match(backup.id, /^bak-/);
  assert.ok(backup.createdAt instanceof Timestamp);
  assert.equal(backup.label, 'daily');
  assert.deepEqual(made.outputs.removed, []);
  assert.equal(recorded[0]?.type, 'backup-created');
  for (const ref of [backup, backup.id]) {
    const verified = await run('backup.verify', { backup: ref, verify: 'integrity' });
    assert.equal(verified.outputs.ok, true);
    assert.equal(verified.failed, undefined);
  }
});

test('backup.verify fails on a damaged backup', async (t) => {
  const { run } = await workbench(t, sql);
  const backup = backupOf(await run('backup.create', { target: 'db' }));
  const artifact = readdirSync(backup.path).find((name) => name.endsWith('.zst')) ?? '';
  appendFileSync(join(backup.path, artifact), 'x');
  truncateSync(join(backup.path, artifact), 100);
  const { failed, outputs } = await run('backup.verify', { backup: backup.id });
  assert.equal(outputs.ok, false);
  assert.match(failed?.message ?? '', new RegExp(`^backup \`${backup.id}\` has \\d+ problems?: `));
  await assert.rejects(run('backup.find', { target: 'db', verify: 'full' }), {
    code: 'action/no-backup-found',
    message: /^no backup of `db` fits: 1 backup passed over \(`bak-/,
  });
});

test('backup.create with keep removes what no rule keeps, after the new one is there', async (t) => {
  const { run, recorded } = await workbench(t, sql);
  const first = backupOf(await run('backup.create', { target: 'db' }));
  const second = await run('backup.create', { target: 'db', keep: { last: 1 } });
  assert.deepEqual(second.outputs.removed, [first.id]);
  assert.deepEqual(
    recorded.map(({ type }) => type),
    ['backup-created', 'backup-created', 'backup-removed'],
  );
});

test('backup.find gives the newest that fits, says how old it is and what it passed over', async (t) => {
  const { run } = await workbench(t, sql);
  await assert.rejects(run('backup.find', { target: 'db' }), {
    code: 'action/no-backup-found',
    message: 'no backup of `db` fits: there is none',
  });
  const wanted = backupOf(await run('backup.create', { target: 'db', label: 'daily' }));
  const newer = backupOf(await run('backup.create', { target: 'db' }));
  const found = await run('backup.find', { target: 'db', label: 'daily', after: '2020-01-01T00:00:00Z' });
  assert.equal(backupOf(found).id, wanted.id);
  assert.ok(found.outputs.age instanceof Duration);
  assert.deepEqual(found.outputs.rejected, [{ id: newer.id, reason: 'it has no label, expected `daily`' }]);
  await assert.rejects(run('backup.find', { target: 'db', before: '2020-01-01T00:00:00Z' }), {
    code: 'action/no-backup-found',
  });
  await assert.rejects(run('backup.find', { target: 'db', before: 'yesterday' }), {
    code: 'action/not-an-instant',
    message: 'expected an instant such as `2026-01-05T14:30:00Z`, found `yesterday`',
  });
});

test('backup.expire removes by the policy, and a plan says how many', async (t) => {
  const { run, preview } = await workbench(t, sql);
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push(backupOf(await run('backup.create', { target: 'db' })).id);
  const input = { target: 'db', keep: { last: 2 } };
  assert.deepEqual((await preview('backup.expire', input)).lines, ['removes 1 of 3 backups of `db`']);
  const { outputs } = await run('backup.expire', input);
  assert.deepEqual(outputs.removed, [ids[0]]);
  assert.equal(outputs.kept, 2);
  assert.ok(Number(outputs.freedBytes) > 0);
  assert.equal(
    (await preview('backup.expire', { target: 'db', keep: { within: '7d' } })).changesSomething,
    false,
  );
});

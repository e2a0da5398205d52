import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/index.ts';
import { type MigrateResult, migrate, previewMigrate } from '../../../src/operation/migrate/index.ts';
import { filesOnDisk } from '../../../src/project/index.ts';
import { migrations } from '../../action/sqlite/migrate-support.ts';
import { application, series, ups } from './series.ts';
import { contentOf, copyDatabase, ledgerOf, open, temporaryFolder, withDatabase } from './support.ts';

test('33 migrations on a populated database: applied as SQLite itself would, and taken back to the content of before', async (t) => {
  const folder = temporaryFolder(t);
  const [path, byHand] = [join(folder, 'app.db'), join(folder, 'by-hand.db')];
  withDatabase(path, (db) => db.exec(`PRAGMA journal_mode = WAL; ${application}`));
  copyDatabase(path, byHand);
  const before = contentOf(path);
  for (const up of ups) withDatabase(byHand, (db) => db.exec(up));

  const { session } = await open(folder, path);
  t.after(() => session.close());
  const from = migrations(folder, series);
  const work = {
    now: new Date(),
    files: filesOnDisk,
    signal: new AbortController().signal,
    onProgress: () => {},
    warn: () => {},
  };
  const run = (direction: 'up' | 'down', to?: string): Promise<MigrateResult> =>
    migrate(session, { from, direction, ledger: {}, ...(to === undefined ? {} : { to }) }, work);

  const preview = await previewMigrate(
    session,
    { from, direction: 'up', ledger: {} },
    systemClock.now(),
    filesOnDisk,
  );
  assert.equal(contentOf(path), before);
  assert.equal(preview.steps.length, 33);
  assert.deepEqual((await run('up', '12')).pending.length, 21);
  const rest = await run('up');
  assert.equal(rest.done.length, 21);
  assert.deepEqual(rest.pending, []);
  assert.equal(contentOf(path), contentOf(byHand));
  assert.deepEqual(ledgerOf(path), Object.keys(series));
  assert.deepEqual((await session.check('integrity', { foreignKeys: true })).problems, []);

  assert.deepEqual((await run('down')).done, ['33_step.sql']);
  const last = await run('down', '0');
  assert.equal(last.done.length, 32);
  assert.deepEqual(ledgerOf(path), []);
  assert.equal(contentOf(path), before);
});

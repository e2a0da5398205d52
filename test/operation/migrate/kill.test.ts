// SIGKILL of the child while migrations are applied: every file is wholly in, with its row in the ledger, or wholly out.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../../src/operation/migrate/index.ts';
import { filesOnDisk } from '../../../src/project/index.ts';
import { migrations } from '../../action/sqlite/migrate-support.ts';
import { contentOf, copyDatabase, ledgerOf, open, temporaryFolder, withDatabase } from './support.ts';

const kills = Number(process.env.BELAY_KILLS ?? 36);

const begin = `CREATE TABLE p(id INTEGER PRIMARY KEY, t TEXT);
  CREATE TABLE k(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) ON DELETE CASCADE, t TEXT);
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO p SELECT i, 'row ' || i FROM n;
  INSERT INTO k SELECT id, id, t FROM p;`;

const files = {
  '1_index.sql': 'CREATE INDEX k_p ON k(p);',
  '2_rebuild.sql':
    "CREATE TABLE n(id INTEGER PRIMARY KEY, t TEXT NOT NULL, more TEXT DEFAULT ''); INSERT INTO n SELECT id, t, '' FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;",
  '3_move.sql': "UPDATE k SET t = 'moved ' || t; UPDATE p SET more = t;",
  '4_split.sql':
    'CREATE TABLE s(id INTEGER PRIMARY KEY, t TEXT); INSERT INTO s SELECT id, t FROM k; DELETE FROM k WHERE id % 2 = 0;',
  '5_text.sql':
    "CREATE VIRTUAL TABLE f USING fts5(t, content=s, content_rowid=id); INSERT INTO f(f) VALUES ('rebuild');",
};
const names = Object.keys(files);

for (const mode of ['wal', 'delete'])
  test(`kill -9 at ${kills / 2} instants in journal mode ${mode} leaves no file half applied`, async (t) => {
    const folder = temporaryFolder(t);
    const [base, path] = [join(folder, 'base.db'), join(folder, 'app.db')];
    withDatabase(base, (db) => db.exec(`PRAGMA journal_mode = ${mode}; ${begin}`));
    const from = migrations(folder, files);
    const work = {
      now: new Date(),
      files: filesOnDisk,
      signal: new AbortController().signal,
      onProgress: () => {},
      warn: () => {},
    };

    /** Content after each number of files, from undisturbed runs; and how long the applying takes. */
    const expected = [contentOf(base)];
    let appliedMs = 0;
    for (const to of names) {
      copyDatabase(base, path);
      const { session } = await open(folder, path);
      ({ appliedMs } = await migrate(session, { from, direction: 'up', ledger: {}, to }, work));
      await session.close();
      expected.push(contentOf(path));
    }
    assert.equal(new Set(expected).size, names.length + 1);

    const reached = new Set<number>();
    for (let i = 0; i < kills / 2; i++) {
      copyDatabase(base, path);
      // Half of the kills fall close around a COMMIT, half anywhere while the files are applied.
      const [atCommit, delayMs] = [i % 2 === 0 ? 1 + ((i / 2) % names.length) : 0, Math.random()];
      let commits = 0;
      let isArmed = true;
      const opened = await open(folder, path, async () => {
        commits++;
        if (isArmed && (atCommit === commits || (atCommit === 0 && commits === 1))) {
          isArmed = false;
          // On a busy machine it may have ended by then.
          void sleep(atCommit > 0 ? delayMs * 4 : delayMs * appliedMs)
            .then(() => process.kill(opened.pid, 'SIGKILL'))
            .catch(() => {});
        }
      });
      await migrate(opened.session, { from, direction: 'up', ledger: {} }, work).catch(() => {});
      await opened.session.close().catch(() => {});
      // SQLite recovers here, as it would for the next program that opens the file.
      assert.equal(
        withDatabase(path, (db) => db.prepare('PRAGMA integrity_check').get()?.integrity_check),
        'ok',
      );
      const ledger = ledgerOf(path);
      assert.deepEqual(ledger, names.slice(0, ledger.length));
      assert.equal(contentOf(path), expected[ledger.length], `content is not that of ${ledger.length} files`);
      reached.add(ledger.length);
    }
    assert.ok(reached.size >= 2, `the kills fell too close together: ${[...reached].join(', ')}`);
  });

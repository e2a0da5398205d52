import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { holdsPages } from '../../../src/target/sqlite/holds-pages.ts';

function pair(t: TestContext): { live: string; copy: string } {
  const folder = mkdtempSync(join(tmpdir(), 'belay-pages-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [live, copy] = [join(folder, 'live.db'), join(folder, 'copy.db')];
  using db = new DatabaseSync(live);
  db.exec('CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT)');
  db.exec(
    `INSERT INTO note WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 3000)
     SELECT n, hex(randomblob(300)) FROM s`,
  );
  db.close();
  copyFileSync(live, copy);
  return { live, copy };
}

test('equal pages are equal, also when journal mode and change counter of the header differ', async (t) => {
  const { live, copy } = pair(t);
  assert.equal(await holdsPages(live, copy), true);
  using db = new DatabaseSync(live);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)');
  assert.equal(await holdsPages(live, copy), true);
});

test('one changed value in the last page is a difference, in either file', async (t) => {
  const { live, copy } = pair(t);
  using db = new DatabaseSync(live);
  db.exec("UPDATE note SET body = replace(body, 'A', 'B') WHERE id = 3000");
  db.close();
  assert.equal(await holdsPages(live, copy), false);
  assert.equal(await holdsPages(copy, live), false);
});

test('a file with more pages than the copy, or fewer, is another', async (t) => {
  const { live, copy } = pair(t);
  using db = new DatabaseSync(live);
  db.exec('CREATE TABLE more(x); DROP TABLE more');
  db.close();
  assert.equal(await holdsPages(live, copy), false);
  assert.equal(await holdsPages(copy, live), false);
});

test('frames in the -wal prove nothing: the main file alone is not the database', async (t) => {
  const { live, copy } = pair(t);
  using db = new DatabaseSync(live);
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE note SET body = 'x' WHERE id = 1",
  );
  assert.equal(await holdsPages(live, copy), false);
});

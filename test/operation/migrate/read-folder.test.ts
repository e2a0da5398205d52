import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePart } from '../../../src/operation/migrate/part.ts';
import { readFolder } from '../../../src/operation/migrate/read-folder.ts';
import { filesOnDisk } from '../../../src/project/index.ts';
import { migrations } from '../../action/sqlite/migrate-support.ts';
import { temporaryFolder } from './support.ts';

const up = 'CREATE TABLE a(x);';
const forms: Readonly<
  Record<string, readonly [files: Readonly<Record<string, string>>, expected: string[]]>
> = {
  'numbers count as numbers': [
    { '10_j.sql': up, '9_i.sql': up, '0100.sql': up },
    ['9_i.sql', '10_j.sql', '0100.sql'],
  ],
  'names without a number go by their bytes': [
    { 'b.sql': up, 'B.sql': up, 'a.sql': up },
    ['B.sql', 'a.sql', 'b.sql'],
  ],
  'versions with dots, as Flyway writes them': [
    { 'V1.10__x.sql': up, 'V1.9__y.sql': up, 'V2__z.sql': up },
    ['V1.9__y.sql', 'V1.10__x.sql', 'V2__z.sql'],
  ],
  'what is no migration is passed over': [
    { '1.sql': up, 'README.md': '', 'old/x.txt': '', '.hidden.sql': '' },
    ['1.sql'],
  ],
  folders: [{ '1_a/up.sql': up, '1_a/down.sql': up, '2_b/up.sql': up }, ['1_a ↓', '2_b']],
  'pairs of files': [{ '1.up.sql': up, '1.down.sql': up, '2.up.sql': up }, ['1.up.sql ↓', '2.up.sql']],
  dbmate: [
    {
      '1.sql': `-- migrate:up transaction:false\n${up}\n-- migrate:down\n${up}`,
      '2.sql': `--migrate:up\n${up}\n-- migrate:down\n`,
    },
    ['1.sql ↓', '2.sql'],
  ],
  goose: [
    {
      '1.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n${up}\n-- +goose StatementEnd\n-- +goose Down\n${up}`,
      '2.sql': `-- +goose up\n${up}`,
    },
    ['1.sql ↓', '2.sql'],
  ],
};

for (const [title, [files, expected]] of Object.entries(forms)) {
  test(`reads a folder: ${title}`, async (t) => {
    const found = await readFolder(migrations(temporaryFolder(t), files), filesOnDisk);
    assert.deepEqual(
      found.map(({ name, down }) => (down ? `${name} ↓` : name)),
      expected,
    );
    assert.deepEqual(
      found.map(({ up: part }) => part.statements.map(({ sql }) => sql)),
      expected.map(() => [up]),
    );
  });
}

for (const comment of [
  '-- +goose Dwn',
  '-- migrate: down',
  '-- +migrate Down',
  '-- //@UNDO',
  '-- @down',
  '--- !Downs',
  '-- Down',
  '------ DOWN ------',
  '  -- rollback:',
  '/* undo */',
]) {
  test(`refuses what may be the way back of another tool: ${comment}`, async (t) => {
    for (const head of ['', '-- +goose Up\n']) {
      const folder = migrations(temporaryFolder(t), { '1.sql': `${head}${up}\n${comment}\r\nDROP TABLE a;` });
      await assert.rejects(readFolder(folder, filesOnDisk), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'migrate/bad-file');
        return error.message.includes(comment.trim());
      });
    }
    const below = migrations(temporaryFolder(t), { '1.sql': `${up}\n${comment}\n-- nothing` });
    assert.equal((await readFolder(below, filesOnDisk)).length, 1, 'nothing below it');
  });
}

test('words in a comment are no marker', async (t) => {
  const text = '-- rollback of 12: see there\n-- down payments\n-- migrates: all\n';
  const folder = migrations(temporaryFolder(t), { '1.sql': `${text}${up}` });
  assert.equal((await readFolder(folder, filesOnDisk)).length, 1);
});

test('refuses the undo files of Flyway, which would be applied first', async (t) => {
  const folder = migrations(temporaryFolder(t), { 'V1__a.sql': up, 'U1__a.sql': 'DROP TABLE a;' });
  await assert.rejects(readFolder(folder, filesOnDisk), { code: 'migrate/bad-file' });
});

test('transaction control and settings of the connection are taken out of the statements', () => {
  const part = parsePart(
    '/x/1.sql',
    'PRAGMA foreign_keys=off;\nBEGIN EXCLUSIVE TRANSACTION;\n  SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 2; END;\nEND TRANSACTION;\npragma foreign_keys(1); PRAGMA legacy_alter_table = ON;',
  );
  assert.deepEqual(part.statements, [
    { sql: 'SELECT 1;', line: 3, column: 3 },
    { sql: 'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 2; END;', line: 4, column: 1 },
  ]);
  assert.deepEqual([part.foreignKeysOff, part.legacyAlterTable], [true, true]);
});

test('a part knows its places in the whole file', () => {
  const text = '-- migrate:up\nSELECT 1;\n-- migrate:down\n\n  SELECT 2;';
  assert.deepEqual(parsePart('/x/1.sql', text, text.indexOf('-- migrate:down')).statements, [
    { sql: 'SELECT 2;', line: 5, column: 3 },
  ]);
});

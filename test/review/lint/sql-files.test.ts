// SQL that a runbook names: found in its own file, read inside the project only.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runbookExample } from '../../../src/review/lint/rule.ts';
import { cli } from '../../support/cli.ts';
import { lintExample } from './support.ts';

const migrate = runbookExample(
  '  - { id: migrate, action: sqlite.migrate, with: { target: db, from: ./migrations } }',
);
const execute = runbookExample(
  '  - { id: fix, action: sqlite.execute, with: { target: db, file: ./sql/fix.sql } }',
);

async function places(example: typeof migrate, files: Readonly<Record<string, string>>): Promise<string[]> {
  const { findings } = await lintExample({ ...example, files }, 'safety');
  return findings.map(({ code, place }) => `${place?.file}:${place?.line}:${place?.column} ${code}`);
}

describe('SQL files that a runbook names', () => {
  it('are found with their own file, line and column', async () => {
    assert.deepEqual(await places(execute, { 'sql/fix.sql': '-- a comment\n\n  VACUUM;\n' }), [
      'sql/fix.sql:3:3 lint/vacuum-in-transaction',
    ]);
  });

  it('are read in order, so that a later migration is read with the schema of the earlier ones', async () => {
    const files = {
      'migrations/001.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
      'migrations/002.sql':
        'PRAGMA foreign_keys = OFF;\nCREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO n SELECT * FROM users;\nDROP TABLE users;\nALTER TABLE n RENAME TO users;',
      'migrations/003.sql': 'ALTER TABLE users ADD COLUMN state TEXT NOT NULL;',
    };
    assert.deepEqual(await places(migrate, files), [
      'migrations/002.sql:4:1 lint/nullable-to-not-null',
      'migrations/003.sql:1:1 lint/add-not-null-without-default',
    ]);
  });

  it('of dbmate and goose have their way down, in which a DROP is what it is for', async () => {
    const text =
      '-- migrate:up\nCREATE TABLE a (id);\nDROP TABLE b;\n-- migrate:down\nDROP TABLE a;\nVACUUM;\n';
    assert.deepEqual(await places(migrate, { 'migrations/1.sql': text }), [
      'migrations/1.sql:3:1 lint/drop-table',
      'migrations/1.sql:6:1 lint/vacuum-in-transaction',
    ]);
  });

  it('that begin a transaction and commit it are understood', async () => {
    const text = 'PRAGMA foreign_keys = OFF;\nBEGIN;\nUPDATE a SET b = 1 WHERE c = 2;\nCOMMIT;\n';
    assert.deepEqual(await places(migrate, { 'migrations/1.sql': text }), []);
  });

  it('that are not there are a finding at the place that names them', async () => {
    assert.deepEqual(await places(execute, {}), ['runbook.yaml:6:66 lint/unreadable-file']);
    assert.deepEqual(await places(migrate, {}), ['runbook.yaml:6:70 migrate/no-migrations']);
  });

  it('are read once when two steps name them', async () => {
    const twice = runbookExample(
      ['fix', 'again']
        .map((id) => `  - { id: ${id}, action: sqlite.execute, with: { target: db, file: fix.sql } }`)
        .join('\n'),
    );
    assert.deepEqual(await places(twice, { 'fix.sql': 'VACUUM;' }), [
      'fix.sql:1:1 lint/vacuum-in-transaction',
    ]);
  });
});

describe('what leads out of the project is said and not read', () => {
  const outside = (body: (folder: string) => Promise<void>) => async () => {
    const folder = mkdtempSync(join(tmpdir(), 'belay-outside-'));
    writeFileSync(join(folder, 'secret.sql'), 'VACUUM; -- secret\n');
    writeFileSync(join(folder, 'secret.yaml'), 'top: secret\n');
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const project = () => cli().file('belay.yaml', 'apiVersion: belay/v1\n').file('sql/a.sql', 'SELECT 1;');

  it(
    'by a path',
    outside(async (folder) => {
      await using at = project().file(
        'runbooks/a.yaml',
        execute.text.replace('./sql/fix.sql', join(folder, 'secret.sql')),
      );
      const { stdout, exitCode } = await at.run(['lint']);
      assert.match(stdout, /error\[document\/outside-project\].*leads out of the project, and was not read/);
      assert.doesNotMatch(stdout, /VACUUM/);
      assert.equal(exitCode, 12);
    }),
  );

  it(
    'by a symbolic link',
    outside(async (folder) => {
      await using at = project().file('runbooks/a.yaml', execute.text);
      symlinkSync(join(folder, 'secret.sql'), at.path('sql/fix.sql'));
      assert.match((await at.run(['lint'])).stdout, /error\[document\/outside-project\]/);
    }),
  );

  it(
    'by a folder of migrations that is a link',
    outside(async (folder) => {
      await using at = project().file('runbooks/a.yaml', migrate.text);
      symlinkSync(folder, at.path('migrations'));
      assert.match((await at.run(['lint'])).stdout, /error\[document\/outside-project\]/);
    }),
  );

  it(
    'by a folder inside the folder of migrations that is a link',
    outside(async (folder) => {
      await using at = project()
        .file('runbooks/a.yaml', migrate.text)
        .file('migrations/1.sql', 'CREATE TABLE a (b);');
      symlinkSync(folder, at.path('migrations/2'));
      assert.match((await at.run(['lint'])).stdout, /`migrations\/2` leads out of the project/);
    }),
  );

  it(
    'by a runbook that is a link',
    outside(async (folder) => {
      await using at = project().file('runbooks/a.yaml', migrate.text);
      symlinkSync(join(folder, 'secret.yaml'), at.path('runbooks/b.yaml'));
      const { stdout } = await at.run(['lint']);
      assert.match(stdout, /`runbooks\/b.yaml` leads to a file outside the project/);
      assert.doesNotMatch(stdout, /secret/);
    }),
  );
});

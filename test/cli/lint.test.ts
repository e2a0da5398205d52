import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { root } from '../docs/support.ts';
import { type Cli, cli } from '../support/cli.ts';

const bad = `apiVersion: belay/v1
name: purge
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - id: purge
    confirm: { message: Empty the sessions?, expect: app }
    action: sqlite.execute
    with:
      target: db
      sql: |
        -- every night
        DELETE FROM sessions;
`;
const good = bad
  .replace('sessions;', 'sessions WHERE expires_at < 100')
  .replace('target: db\n', 'target: db\n      changes: { max: 1000 }\n');

function project(): Cli {
  return cli().file('belay.yaml', 'apiVersion: belay/v1\n').file('runbooks/purge.yaml', bad);
}

describe('belay lint', () => {
  it('says what, where, and one thing to do, and exits with 12', async () => {
    await using at = project();
    const { stdout, exitCode } = await at.run(['lint']);
    assert.equal(
      stdout,
      `error[lint/delete-without-where]: this DELETE takes every row of \`sessions\`: no row can be left alone by its predicate
  --> runbooks/purge.yaml:13:9
   |
13 |         DELETE FROM sessions;
   |         ^^^^^^^^^^^^^^^^^^^^
fix: add a WHERE; to empty the table on purpose, bound it with \`changes: { max: … }\`

1 file checked with profile safety: 1 error, 0 warnings
`,
    );
    assert.equal(exitCode, 12);
  });

  it('ends with 0 when there is nothing to say, and under --quiet says nothing', async () => {
    await using at = cli().file('runbooks/purge.yaml', good);
    const { stdout, exitCode } = await at.run(['lint']);
    assert.deepEqual([stdout, exitCode], ['1 file checked with profile safety, no findings\n', 0]);
    assert.equal((await at.run(['lint', '--quiet'])).stdout, '');
  });

  it('counts a warning as found, and not what is only worth knowing', async () => {
    const step = `steps:
  - id: tell
    action: command.run
    with: { argv: [./tell] }
    timeout: 1m
    rollback: none
    reason: it stays told
`;
    const text = `apiVersion: belay/v1\nname: tell\n${step}`;
    await using at = cli().file('runbooks/tell.yaml', text);
    const { stdout, exitCode } = await at.run(['lint', '--profile', 'production']);
    assert.match(stdout, /^info\[lint\/external-without-stub\]/);
    assert.equal(exitCode, 0);
    at.file('runbooks/tell.yaml', text.replace('    timeout: 1m\n', ''));
    assert.equal((await at.run(['lint'])).exitCode, 12);
  });

  it('ends with 3 when a runbook does not compile, and looks at the others all the same', async () => {
    await using at = project().file('runbooks/broken.yaml', 'apiVersion: belay/v1\n');
    const { stdout, exitCode } = await at.run(['lint']);
    assert.match(stdout, /error\[document\/[a-z-]+\][\s\S]*delete-without-where/);
    assert.equal(exitCode, 3);
  });

  it('speaks JSON, with what was ignored and why', async () => {
    await using at = project();
    at.file(
      'runbooks/purge.yaml',
      bad.replace('  - id', '  # belay-lint-ignore delete-without-where: made again\n  - id'),
    );
    const result = await at.run(['lint', '--output', 'json']);
    const { files, profile, findings, ignored } = result.json() as Record<string, Record<string, unknown>[]>;
    assert.deepEqual([files, profile, findings, result.exitCode], [1, 'safety', [], 0]);
    assert.deepEqual(
      ignored?.map(({ code, file, line, reason }) => [code, file, line, reason]),
      [['lint/delete-without-where', 'runbooks/purge.yaml', 14, 'made again']],
    );
    assert.match(
      (await at.run(['lint'])).stdout,
      /^ignored lint\/delete-without-where at runbooks\/purge.yaml:14: made again$/m,
    );
  });

  it('gives GitHub, Markdown, SARIF and JUnit', async () => {
    await using at = project();
    const output = async (format: string) => (await at.run(['lint', '--output', format])).stdout;
    assert.match(
      await output('github'),
      /^::error file=runbooks\/purge.yaml,line=13,col=9,title=lint\/delete-without-where::/,
    );
    assert.match(await output('markdown'), /^### Lint\n/);
    assert.match(await output('junit'), /<testsuite name="lint" tests="1" failures="1"/);
    const sarif = JSON.parse(await output('sarif')) as { runs: { tool: { driver: { rules: unknown[] } } }[] };
    assert.ok((sarif.runs[0]?.tool.driver.rules.length ?? 0) > 30);
    await at.run(['lint', '--sarif', 'a.sarif', '--junit', 'a.xml']);
    assert.ok(at.exists('a.sarif') && at.exists('a.xml'));
  });

  it('takes runbooks, SQL files and folders', async () => {
    await using at = project().file('db/1.sql', 'DROP TABLE a;\n').file('db/2.sql', 'VACUUM;\n');
    const codes = async (...paths: string[]) =>
      (
        (await at.run(['lint', '--output', 'json', ...paths])).json().findings as Record<string, unknown>[]
      ).map(({ code, file }) => `${file} ${code}`);
    assert.deepEqual(await codes('db'), ['db/1.sql lint/drop-table', 'db/2.sql lint/vacuum-in-transaction']);
    assert.deepEqual(await codes('db/2.sql'), ['db/2.sql lint/vacuum-in-transaction']);
    assert.deepEqual(await codes('runbooks/purge.yaml'), ['runbooks/purge.yaml lint/delete-without-where']);
    assert.equal((await at.run(['lint', 'nowhere'])).exitCode, 2);
  });

  it('refuses a profile that there is not', async () => {
    await using at = project();
    const { stderr, exitCode } = await at.run(['lint', '--profile', 'strict']);
    assert.match(stderr, /`--profile strict`: expected `basic`, `safety`, `production`/);
    assert.equal(exitCode, 2);
  });

  it('checks against the schema of a database, which it leaves as it was', async () => {
    const text = bad
      .replace('sessions;', 'session WHERE expires_at < :cutoff')
      .replace('      sql', '      params: { cutoff: "2026-01-01" }\n      changes: { max: 9 }\n      sql');
    await using at = cli()
      .file('belay.yaml', 'apiVersion: belay/v1\ntargets:\n  app: { driver: sqlite, path: app.db }\n')
      .file('runbooks/purge.yaml', text)
      .database(
        'app.db',
        'PRAGMA journal_mode = WAL; CREATE TABLE sessions (expires_at INTEGER); CREATE VIEW v AS SELECT 1',
      );
    const before = at.list();
    const unknown = await at.run(['lint', '--schema-from', 'app.db']);
    assert.match(unknown.stdout, /the database has no table `session`[\s\S]*did you mean `sessions`\?/);
    at.file('runbooks/purge.yaml', text.replace('session WHERE', 'sessions WHERE'));
    // By its name in the catalogue too.
    const cutoff = await at.run(['lint', '--schema-from', 'app']);
    assert.match(
      cutoff.stdout,
      /error\[lint\/cutoff-type\]: `sessions.expires_at` is declared INTEGER and compared with a text/,
    );
    assert.deepEqual(at.list(), before);
    assert.equal((await at.run(['lint'])).exitCode, 0);
    assert.equal((await at.run(['lint', '--schema-from', 'none.db'])).exitCode, 2);
  });

  it('has nothing to say of the bundled runbooks under production', async () => {
    await using at = cli();
    const { stdout, exitCode } = await at.run(['lint', '--profile', 'production', `${root}/runbooks`]);
    assert.match(stdout, /7 files checked with profile production, no findings\n$/);
    assert.equal(exitCode, 0);
  });
});

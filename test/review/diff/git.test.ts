// `belay diff --git` on real repositories: what is read, what is never run, and what git cannot give.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareTrees, openGitRange, type SourceTree } from '../../../src/review/diff/index.ts';
import { cli } from '../../support/cli.ts';
import { lostWhere, repository, runbook } from './support.ts';

/** What each side was asked for. */
function counted(tree: SourceTree): { readonly tree: SourceTree; readonly paths: Set<string> } {
  const paths = new Set<string>();
  return {
    paths,
    tree: {
      ...tree,
      read(asked) {
        for (const path of asked) if (tree.files.has(path)) paths.add(path);
        return tree.read(asked);
      },
    },
  };
}

async function compareCounting(cwd: string, range: string) {
  const { old, now, scope } = await openGitRange({ cwd, range, paths: [] });
  const [before, after] = [counted(old), counted(now)];
  const compared = await compareTrees({ old: before.tree, now: after.tree, scope });
  return { ...compared, read: [...before.paths, ...after.paths] };
}

test('of a thousand runbooks only those that changed are read, and all of them when settings change', async () => {
  await using repo = repository();
  repo.cli.file(
    'belay.yaml',
    'apiVersion: belay/v1\nenvironments: { prod: { params: { database: a.db } } }\n',
  );
  for (let i = 0; i < 1000; i++) repo.cli.file(`runbooks/job-${i}.yaml`, runbook(`job-${i}`));
  repo.commit('base');
  for (const i of [3, 500, 999])
    repo.cli.file(`runbooks/job-${i}.yaml`, runbook(`job-${i}`, 'DELETE FROM old'));
  repo.commit('three');
  const three = await compareCounting(repo.cli.folder, 'HEAD~1..HEAD');
  assert.equal(three.changes.length, 3);
  assert.equal(three.runbooks, 3);
  // Three on each side, and belay.yaml.
  assert.equal(three.read.length, 8);

  repo.cli.file(
    'belay.yaml',
    'apiVersion: belay/v1\nenvironments: { prod: { params: { database: b.db } } }\n',
  );
  repo.commit('settings');
  const settings = await compareCounting(repo.cli.folder, 'HEAD~1..HEAD');
  assert.equal(settings.read.length, 1002);
  assert.match(
    settings.changes[0]?.message ?? '',
    /`database` of environment `prod` went from `a.db` to `b.db`.*997 more/,
  );
});

test('two dots compare the tips, three dots begin at the merge base, one revision ends at the working tree', async () => {
  await using repo = repository();
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  repo.commit('base');
  repo.git('checkout', '-q', '-b', 'topic');
  repo.cli.file('runbooks/nightly.yaml', lostWhere);
  repo.commit('topic');
  repo.git('checkout', '-q', 'main');
  repo.cli.file('runbooks/other.yaml', runbook('other'));
  repo.commit('main');
  const verdict = async (range: string) =>
    (await repo.cli.run(['diff', '--git', range, '--output', 'json'])).json();
  const codes = async (range: string) =>
    ((await verdict(range)).findings as { code: string }[]).map(({ code }) => code);
  assert.deepEqual(await codes('main...topic'), ['diff/sql-unbounded']);
  assert.deepEqual(await codes('main..topic'), ['diff/sql-unbounded', 'diff/runbook-removed']);
  assert.deepEqual(await codes('main'), []);
  repo.cli.file('runbooks/fresh.yaml', runbook('fresh'));
  repo.cli.file('.gitignore', 'ignored/\n').file('ignored/runbooks/no.yaml', runbook('no'));
  assert.deepEqual(await codes('main'), ['diff/runbook-added']);
  const scoped = await repo.cli.run([
    'diff',
    '--git',
    'main..topic',
    'runbooks/nightly.yaml',
    '--output',
    'json',
  ]);
  assert.equal((scoped.json().findings as unknown[]).length, 1);
  const inside = await repo.cli.run(['diff', '--git', 'main..topic', 'nightly.yaml'], {
    cwd: repo.cli.path('runbooks'),
  });
  assert.match(inside.stdout, /^nightly\.yaml$/m);
});

test('nothing that the repository names is run', async () => {
  await using repo = repository();
  const { folder } = repo.cli;
  const marker = join(folder, 'ran');
  const script = join(folder, 'trap.sh');
  writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> ${marker}\nexit 1\n`);
  chmodSync(script, 0o755);
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  repo.cli.file('.gitattributes', '*.yaml diff=trap filter=trap\n');
  repo.commit('base');
  repo.cli.file('runbooks/nightly.yaml', lostWhere);
  repo.git('add', '-A');
  repo.git('commit', '-q', '-m', 'two');
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly', 'DELETE FROM other'));
  for (const key of [
    'core.fsmonitor',
    'core.pager',
    'core.sshCommand',
    'core.editor',
    'core.askPass',
    'core.alternateRefsCommand',
    'diff.external',
    'diff.trap.command',
    'diff.trap.textconv',
    'filter.trap.clean',
    'filter.trap.smudge',
    'filter.trap.process',
    'gpg.program',
    'credential.helper',
  ])
    repo.git('config', key, script);
  repo.git('config', 'remote.origin.url', `ext::${script}`);
  repo.git('config', 'remote.origin.promisor', 'true');
  repo.git('config', 'extensions.partialClone', 'origin');
  repo.git('config', 'protocol.ext.allow', 'always');
  mkdirSync(join(folder, '.git', 'hooks'), { recursive: true });
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-commit']) {
    writeFileSync(join(folder, '.git', 'hooks', hook), `#!/bin/sh\necho hook >> ${marker}\n`);
    chmodSync(join(folder, '.git', 'hooks', hook), 0o755);
  }
  // A program called git that the branch brings along.
  for (const place of ['node_modules/.bin/git', 'bin/git']) {
    repo.cli.file(place, `#!/bin/sh\necho mine >> ${marker}\n`);
    chmodSync(join(folder, place), 0o755);
  }
  const env = { PATH: `${folder}/node_modules/.bin:${folder}/bin:bin:.:${process.env.PATH}` };
  for (const range of ['HEAD~1..HEAD', 'HEAD~1...HEAD', 'HEAD', 'HEAD~1']) {
    const { exitCode } = await repo.cli.run(['diff', '--git', range], { env });
    assert.equal(exitCode, 0);
  }
  assert.equal(existsSync(marker), false);
  // The trap can be sprung: git itself does, when it is not held.
  assert.throws(() => repo.git('diff', '--ext-diff', 'HEAD~1', 'HEAD'));
  assert.equal(existsSync(marker), true);
});

test('an object that a partial clone lacks is said, and not fetched', async () => {
  await using origin = repository();
  origin.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  origin.commit('base');
  origin.cli.file('runbooks/nightly.yaml', lostWhere);
  origin.commit('two');
  origin.git('config', 'uploadpack.allowFilter', 'true');
  await using clone = cli();
  origin.git(
    'clone',
    '-q',
    '--filter=blob:none',
    '--no-checkout',
    `file://${origin.cli.folder}`,
    clone.folder,
  );
  const result = await clone.run(['diff', '--git', 'HEAD~1..HEAD', '--output', 'json']);
  const findings = result.json().findings as { code: string; message: string }[];
  assert.equal(findings[0]?.code, 'diff/unreadable');
  assert.match(findings[0]?.message ?? '', /its content is not in this clone/);
});

test('a revision that is not there is an error with the way on, and so is a shallow clone', async () => {
  await using repo = repository();
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  repo.commit('base');
  repo.commit('two');
  const missing = await repo.cli.run(['diff', '--git', 'nope..HEAD']);
  assert.equal(missing.exitCode, 2);
  assert.match(missing.stderr, /usage\/unknown-revision.*git does not know the revision `nope`/);
  for (const range of ['--upload-pack=x', 'HEAD..--output=x', '-c']) {
    const refused = await repo.cli.run(['diff', `--git=${range}`]);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /usage\/invalid-value.*is no revision/);
  }
  await using clone = cli();
  repo.git('clone', '-q', '--depth', '1', `file://${repo.cli.folder}`, clone.folder);
  const shallow = await clone.run(['diff', '--git', 'HEAD~1..HEAD']);
  assert.match(shallow.stderr, /the clone is shallow[\s\S]*fix: git fetch --unshallow/);
  await using nowhere = cli();
  const none = await nowhere.run(['diff', '--git', 'main']);
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /usage\/no-repository/);
});

test('links, submodules, binaries and names that mean something to a terminal are told, not followed', async () => {
  await using repo = repository();
  await using other = repository();
  other.cli.file('a.txt', 'a');
  other.commit('sub');
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly')).file('runbooks/b.yaml', runbook('b'));
  repo.commit('base');
  repo.git('submodule', '--quiet', 'add', `file://${other.cli.folder}`, 'vendor');
  repo.git('rm', '-q', 'runbooks/b.yaml');
  mkdirSync(repo.cli.path('runbooks'), { recursive: true });
  symlinkSync('/etc/passwd', repo.cli.path('runbooks/b.yaml'));
  writeFileSync(repo.cli.path('runbooks/nightly.yaml'), Buffer.from([0x6e, 0, 0xff]));
  const hostile = 'runbooks/\u001b[2J\n::error::x `b` | <b>.yaml';
  repo.cli.file(hostile, runbook('hostile'));
  repo.commit('odd');
  const { stdout, exitCode } = await repo.cli.run(['diff', '--git', 'HEAD~1..HEAD', '--fail-on', 'danger']);
  assert.equal(exitCode, 12);
  assert.match(stdout, /`runbooks\/b\.yaml` is a link now: what it leads to runs, and is not compared/);
  assert.match(stdout, /`runbooks\/nightly\.yaml` cannot be compared: it is a binary file/);
  assert.match(stdout, /submodule `vendor` changed/);
  assert.doesNotMatch(stdout, /\u001b|^::error/m);
  const github = await repo.cli.run(['diff', '--git', 'HEAD~1..HEAD', '--output', 'github']);
  assert.equal(
    github.rawStdout.split('\n').filter((line) => line !== '' && !/^::(error|warning|notice) /.test(line))
      .length,
    0,
  );
  const markdown = await repo.cli.run(['diff', '--git', 'HEAD~1..HEAD', '--output', 'markdown']);
  assert.doesNotMatch(markdown.rawStdout, /<b>|\u001b/);
});

test('a renamed file is one runbook, and a rebased branch shows what it changed', async () => {
  await using repo = repository();
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  repo.commit('base');
  repo.git('mv', 'runbooks/nightly.yaml', 'runbooks/night.yaml');
  repo.cli.file('runbooks/night.yaml', lostWhere);
  repo.commit('moved');
  const result = await repo.cli.run(['diff', '--git', 'HEAD~1..HEAD', '--output', 'json']);
  const findings = result.json().findings as { code: string }[];
  assert.deepEqual(findings.map(({ code }) => code).sort(), ['diff/runbook-renamed', 'diff/sql-unbounded']);
});

test("as git's diff driver it speaks for each file", async () => {
  await using repo = repository();
  repo.cli.file('runbooks/nightly.yaml', runbook('nightly'));
  repo.cli.file('.gitattributes', '*.yaml diff=belay\n*.sql diff=belay\n');
  repo.cli.file('sql/a.sql', 'DELETE FROM a WHERE id = 1;\n');
  repo.cli.file('k8s/app.yaml', 'apiVersion: apps/v1\n').file('compose.yaml', 'services: {}\n');
  repo.commit('base');
  repo.cli.file('runbooks/nightly.yaml', lostWhere).file('runbooks/--quiet.yaml', runbook('quiet'));
  repo.cli.file('sql/a.sql', 'DELETE FROM a;\n');
  repo.cli.file('k8s/app.yaml', 'apiVersion: apps/v2\n').file('compose.yaml', 'services: { a: {} }\n');
  repo.commit('two');
  const program = `${process.execPath} ${join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js')}`;
  repo.git('config', 'diff.belay.command', `${program} diff --git-driver --`);
  const text = repo.git('diff', 'HEAD~1', 'HEAD');
  assert.match(text, /DELETE in `purge` lost its WHERE: every row of `old` goes/);
  assert.match(text, /runbook `quiet` was added/);
  assert.match(text, /DELETE in `sql\/a.sql` lost its WHERE: every row of `a` goes/);
  assert.match(text, /`k8s\/app\.yaml` is no file of Belay/);
  assert.match(text, /`compose\.yaml` is no file of Belay/);
  const wrong = await repo.cli.run(['diff', '--git-driver', 'a', 'b']);
  assert.match(wrong.stderr, /takes the 7 or 9 arguments that git gives, found 2/);
});

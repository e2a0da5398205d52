import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../../src/diagnostic/index.ts';
import { findRunbook, listRunbooks, loadProject, type Project } from '../../src/project/index.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'belay-project-')));
after(() => rmSync(root, { recursive: true }));
let count = 0;

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, `p${count++}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function open(cwd: string, more: Partial<Parameters<typeof loadProject>[0]> = {}): Project {
  const { project, findings } = loadProject({ cwd, env: {}, ...more });
  assert.deepEqual(findings, []);
  assert.ok(project);
  return project;
}

function codeOf(act: () => unknown): { code: string; fix: string | undefined } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Failure);
    return { code: error.code, fix: error.fix };
  }
  return assert.fail('nothing was thrown');
}

const runbook = (name: string) => `apiVersion: belay/v1\nname: ${name}\nsteps: []\n`;

describe('a project without belay.yaml', () => {
  test('is the working folder with its defaults, and nothing is created', () => {
    const folder = folderWith({});
    const project = open(folder);
    assert.equal(project.folder, folder);
    assert.equal(project.file, undefined);
    assert.equal(project.stateFolder, join(folder, '.belay'));
    assert.equal(project.runbookFolders[0], join(folder, 'runbooks'));
    assert.equal(project.stores.local?.path, join(folder, '.belay', 'backups'));
    assert.equal(existsSync(join(folder, '.belay')), false);
  });
});

describe('a project', () => {
  const text = `apiVersion: belay/v1
state: var/state
runbooks: [ops, more]
stores:
  offsite: { driver: local, path: /mnt/backups, keep: { last: 7 } }
targets:
  nerve: { driver: sqlite, path: data/nerve.db, store: offsite, maxBackupAge: 26h, environment: prod }
environments:
  prod: { params: { database: /srv/nerve.db } }
defaults: { environment: prod, lockWait: 5m }
schedules:
  - { runbook: nightly, cron: 0 3 * * *, env: prod }
`;

  test('is found from a folder below, with every path absolute', () => {
    const folder = folderWith({ 'belay.yaml': text, 'deep/er/x': '' });
    const project = open(join(folder, 'deep/er'));
    assert.equal(project.folder, folder);
    assert.equal(project.file?.path, join(folder, 'belay.yaml'));
    assert.equal(project.file?.file, '../../belay.yaml');
    assert.equal(project.stateFolder, join(folder, 'var/state'));
    assert.deepEqual(project.runbookFolders.slice(0, 2), [join(folder, 'ops'), join(folder, 'more')]);
    assert.equal(project.stores.local?.path, join(folder, 'var/state/backups'));
    assert.deepEqual(project.stores.offsite?.keep, { last: 7 });
    assert.deepEqual(project.targets.nerve, {
      name: 'nerve',
      driver: 'sqlite',
      path: join(folder, 'data/nerve.db'),
      store: 'offsite',
      maxBackupAgeMs: 26 * 3_600_000,
      environment: 'prod',
    });
    assert.deepEqual(project.environments.prod?.params, { database: '/srv/nerve.db' });
    assert.deepEqual(project.defaults, { environment: 'prod', lockWaitMs: 300_000 });
    assert.equal(project.schedules[0]?.environment, 'prod');
  });

  test('keeps its state where --state says, else BELAY_STATE, else belay.yaml', () => {
    const folder = folderWith({ 'belay.yaml': text });
    const env = { BELAY_STATE: 'from-env' };
    assert.equal(open(folder, { env, stateFolder: 'given' }).stateFolder, join(folder, 'given'));
    assert.equal(open(folder, { env }).stateFolder, join(folder, 'from-env'));
    assert.equal(open(folder, { env: { BELAY_STATE: '' } }).stateFolder, join(folder, 'var/state'));
  });

  test('can be named', () => {
    const folder = folderWith({ 'other.yaml': 'apiVersion: belay/v1\nstate: elsewhere\n' });
    assert.equal(open(folder, { projectFile: 'other.yaml' }).stateFolder, join(folder, 'elsewhere'));
    const { code } = codeOf(() => loadProject({ cwd: folder, env: {}, projectFile: 'none.yaml' }));
    assert.equal(code, 'project/no-project-file');
  });

  test('with faults is no project: each is said with its place', () => {
    const folder = folderWith({
      'belay.yaml': 'apiVersion: belay/v1\nrunbook: ./x\ntargets:\n  db: { driver: sqlite }\n',
    });
    const { project, findings } = loadProject({ cwd: folder, env: {} });
    assert.equal(project, undefined);
    assert.deepEqual(
      findings.map(({ code, place, fix }) => [code, place?.file, place?.line, fix]),
      [
        ['document/unknown-key', 'belay.yaml', 2, 'did you mean `runbooks`?'],
        ['document/missing-key', 'belay.yaml', 4, 'add `path: ./data/app.db`'],
      ],
    );
  });

  test('with names that nothing declares is refused, with the nearest name', () => {
    const faulty = text
      .replace('store: offsite', 'store: ofsite')
      .replace('environment: prod }', 'environment: production }')
      .replace('env: prod', 'env: prd');
    const { findings } = loadProject({ cwd: folderWith({ 'belay.yaml': faulty }), env: {} });
    assert.deepEqual(
      findings.map(({ code, place, fix }) => [code, place?.line, fix]),
      [
        ['project/unknown-store', 7, 'did you mean `offsite`?'],
        ['project/unknown-environment', 7, 'declare it under `environments`'],
        ['project/unknown-environment', 12, 'did you mean `prod`?'],
      ],
    );
  });
});

describe('a runbook', () => {
  test('is found by the name of its file, by its own name, and by its path', () => {
    const folder = folderWith({ 'runbooks/night.yaml': runbook('nightly'), 'other/x.yml': runbook('x') });
    const project = open(folder);
    const path = join(folder, 'runbooks/night.yaml');
    assert.equal(findRunbook(project, 'night', folder), path);
    assert.equal(findRunbook(project, 'nightly', folder), path);
    assert.equal(findRunbook(project, './night.yaml', join(folder, 'runbooks')), path);
    assert.equal(findRunbook(project, 'other/x.yml', folder), join(folder, 'other/x.yml'));
  });

  test('that does not exist is refused, with the nearest name', () => {
    const project = open(folderWith({ 'runbooks/nightly.yaml': runbook('nightly') }));
    const failure = codeOf(() => findRunbook(project, 'nigthly', project.folder));
    assert.deepEqual(failure, { code: 'project/no-such-runbook', fix: 'did you mean `nightly`?' });
    assert.equal(
      codeOf(() => findRunbook(project, 'a/b.yaml', project.folder)).code,
      'project/no-such-runbook',
    );
  });

  test('whose name two files have is refused until one is named by its path', () => {
    const project = open(
      folderWith({ 'runbooks/a.yaml': runbook('nightly'), 'runbooks/nightly.yaml': runbook('other') }),
    );
    assert.equal(
      codeOf(() => findRunbook(project, 'nightly', project.folder)).code,
      'project/ambiguous-runbook',
    );
  });

  test('that comes with Belay is found last, and gives way to one of the project', () => {
    const project = open(folderWith({ 'runbooks/mine.yaml': runbook('mine') }));
    const bundled = project.runbookFolders.at(-1) ?? '';
    assert.ok(existsSync(join(bundled, '..', 'package.json')));
    const listed = listRunbooks({ ...project, runbookFolders: [...project.runbookFolders] });
    assert.equal(listed[0]?.name, 'mine');
    assert.equal(listed[0]?.isBundled, false);
    for (const other of listed.slice(1)) assert.equal(other.isBundled, true);
  });

  test('outside the project is not searched for, whoever says so; it is named by its path', () => {
    const elsewhere = folderWith({ 'shared/deep.yaml': runbook('deep') });
    const folder = folderWith({
      'belay.yaml': `apiVersion: belay/v1\nrunbooks: [${elsewhere}/shared, linked]\n`,
    });
    symlinkSync(join(elsewhere, 'shared'), join(folder, 'linked'));
    const { project, findings } = loadProject({ cwd: folder, env: {} });
    assert.ok(project);
    assert.deepEqual(
      findings.map(({ code, level, place }) => [code, level, place?.line]),
      [
        ['project/runbooks-outside', 'warning', 2],
        ['project/runbooks-outside', 'warning', 2],
      ],
    );
    assert.equal(listRunbooks(project).filter(({ isBundled }) => !isBundled).length, 0);
    const failure = codeOf(() => findRunbook(project, 'deep', folder));
    assert.equal(failure.code, 'project/no-such-runbook');
    assert.match(failure.fix ?? '', /lies outside the project and is not searched/);
    const path = join(elsewhere, 'shared/deep.yaml');
    assert.equal(findRunbook(project, path, folder), path);
  });

  test('list leaves out test cases and folders, and keeps a file that is no runbook', () => {
    const project = open(
      folderWith({
        'runbooks/a.yaml': '"name": [\n',
        'runbooks/a.test.yaml': 'cases: []\n',
        'runbooks/b.yaml/x': '',
        'runbooks/notes.txt': '',
      }),
    );
    const own = listRunbooks(project).filter(({ isBundled }) => !isBundled);
    assert.deepEqual(
      own.map(({ name }) => name),
      ['a'],
    );
  });
});

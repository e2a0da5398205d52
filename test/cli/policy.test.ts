// The policy of an environment: each rule kept once and broken once, through every command that must obey. A refusal has
// exit 4, names the rule, and leaves nothing behind: no run, no lease, no changed row.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cli, CliResult } from '../support/cli.ts';
import { approval, codesOf, commit, projectFile, threeEnvironments, trim } from './policy-support.ts';

const always = '{ from: "00:00", to: "24:00", zone: UTC }';

/** An hour that is not now. */
function elsewhen(): string {
  const hour = (new Date().getUTCHours() + 12) % 24;
  const text = (value: number) => `"${String(value % 24).padStart(2, '0')}:00"`;
  return `{ from: ${text(hour)}, to: ${text(hour + 1)}, zone: UTC }`;
}

async function assertRefused(files: Cli, result: CliResult, ...codes: readonly string[]): Promise<void> {
  assert.equal(result.exitCode, 4, result.stderr);
  assert.deepEqual(codesOf(result), codes);
  assert.match(result.stderr, /state: nothing was started/);
  assert.equal(files.query('prod.db', 'SELECT count(*) FROM entries'), 3);
  const { runs } = (await files.run(['runs', 'list', '--output', 'json'])).json();
  assert.deepEqual(runs, []);
  assert.deepEqual(
    files.list().filter((name) => name.endsWith('.belay-lock')),
    [],
  );
}

interface Rule {
  readonly policy: string;
  readonly code: string;
  /** What breaks it, and what keeps it. */
  readonly broken: { readonly runbook?: string; readonly policy?: string; readonly args?: readonly string[] };
  readonly kept: { readonly runbook?: string; readonly policy?: string };
  readonly keptExit?: number;
}

const gated = trim({ gate: approval });
const unprotected = trim().replace(
  'use: "${{ params.database }}"',
  'driver: sqlite, path: ./prod.db, backup: none, reason: made again each night',
);
const rules: Readonly<Record<string, Rule>> = {
  approvalFor: {
    policy: 'approvalFor: [change, destroy]',
    code: 'policy/approval-missing',
    broken: { runbook: trim({ gate: 'confirm: { message: Sure? }' }), args: ['--yes'] },
    kept: { runbook: gated },
    keptExit: 8,
  },
  minApprovals: {
    policy: 'minApprovals: 2',
    code: 'policy/too-few-approvals',
    broken: { runbook: gated },
    kept: {
      runbook: trim({
        gate: approval.replace('minApprovals: 1', 'minApprovals: 2').replace('[', '[mallory, '),
      }),
    },
    keptExit: 8,
  },
  noYes: { policy: 'noYes: true', code: 'policy/no-yes', broken: { args: ['--yes'] }, kept: {} },
  noBackupNone: {
    policy: 'noBackupNone: true',
    code: 'policy/backup-none',
    broken: { runbook: unprotected },
    kept: {},
  },
  noDiscardForeignWrites: {
    policy: 'noDiscardForeignWrites: true',
    code: 'policy/discards-foreign-writes',
    broken: { runbook: trim({ target: ', onForeignWrites: discard' }) },
    kept: {},
  },
  windows: {
    policy: '',
    code: 'policy/outside-window',
    broken: { policy: `windows: [${elsewhen()}]` },
    kept: { policy: `windows: [${elsewhen()}, ${always}]` },
  },
};

describe('the policy of an environment', () => {
  for (const [name, { policy, code, broken, kept, keptExit = 0 }] of Object.entries(rules)) {
    test(`${name}: a run that breaks it is refused before anything happens, and a plan says so`, async () => {
      await using files = threeEnvironments(broken.policy ?? policy);
      files.file('runbooks/trim.yaml', broken.runbook ?? trim());
      const args = broken.args ?? [];
      await assertRefused(files, await files.run(['run', 'trim', ...args]), code);
      const json = await files.run(['run', 'trim', ...args, '--output', 'json']);
      assert.equal(json.exitCode, 4);
      assert.deepEqual(
        (json.json().findings as { code: string }[]).map((each) => each.code),
        [code],
      );
      const plan = await files.run(['run', 'trim', '--dry-run', ...args, '--output', 'json']);
      assert.equal(plan.exitCode, 4, plan.stderr);
      assert.deepEqual(
        (plan.json().refusals as { code: string }[]).map((each) => each.code),
        [code],
      );
    });

    test(`${name}: a run that keeps it goes its way`, async () => {
      await using files = threeEnvironments(kept.policy ?? policy);
      files.file('runbooks/trim.yaml', kept.runbook ?? trim());
      const result = await files.run(['run', 'trim']);
      assert.equal(result.exitCode, keptExit, result.stderr);
    });
  }

  test('every broken rule is said at once, and none of them holds in another environment', async () => {
    await using files = threeEnvironments(
      `approvalFor: [change, destroy], noYes: true, requirePlan: true, windows: [${elsewhen()}]`,
    );
    await assertRefused(
      files,
      await files.run(['run', 'trim', '--yes']),
      'policy/no-yes',
      'policy/outside-window',
      'policy/plan-missing',
      'policy/approval-missing',
    );
    const free = await files.run(['run', 'trim', '--yes', '-p', 'database=dev']);
    assert.equal(free.exitCode, 0, free.stderr);
  });

  test('a runbook that comes with Belay is to be copied, not edited where it lies', async () => {
    await using files = threeEnvironments('approvalFor: [change, destroy]');
    const { stderr } = await files.run([
      'run',
      'prune',
      '--env',
      'prod',
      '-p',
      'database=prod.db',
      '-p',
      'table=entries',
      '-p',
      'where=id>1',
    ]);
    assert.match(
      stderr,
      /^fix: copy `.*prune\.yaml` to `runbooks\/prune\.yaml`, and there give each of them/m,
    );
  });

  test('requirePlan: what was planned runs, anything else does not', async () => {
    await using files = threeEnvironments('requirePlan: true');
    await assertRefused(files, await files.run(['run', 'trim']), 'policy/plan-missing');
    const planned = await files.run(['plan', 'trim', '--out', 'plan.json']);
    assert.equal(planned.exitCode, 0, planned.stderr);
    assert.equal((await files.run(['run', '--plan', 'plan.json'])).exitCode, 0);
  });

  test('a policy that was relaxed after the plan makes the plan stale', async () => {
    await using files = threeEnvironments('requirePlan: true, noYes: true');
    assert.equal((await files.run(['plan', 'trim', '--out', 'plan.json'])).exitCode, 0);
    files.file('belay.yaml', projectFile('requirePlan: true'));
    const result = await files.run(['run', '--plan', 'plan.json']);
    assert.equal(result.exitCode, 4);
    assert.match(result.stderr, /\[plan\/stale\]/);
  });

  test('an approval that only asks covers the next change, and no second one', async () => {
    const ask = `  - id: ask\n    ${approval}\n`;
    const again = '  - { id: again, action: sqlite.execute, with: { target: db, file: ./trim.sql } }\n';
    await using files = threeEnvironments('approvalFor: [destroy, change]');
    files.file('runbooks/trim.yaml', trim({ before: ask }));
    assert.equal((await files.run(['plan', 'trim'])).exitCode, 0);
    files.file('runbooks/trim.yaml', `${trim({ before: ask })}${again}`);
    const second = await files.run(['plan', 'trim']);
    assert.match(second.stdout, /wants an approval before step `again` \(change\)/);
    files.file(
      'runbooks/trim.yaml',
      trim({ before: ask.replace('id: ask', 'id: ask\n    if: "${{ params.least > 5 }}"') }),
    );
    assert.equal(
      (await files.run(['plan', 'trim'])).exitCode,
      4,
      'a gate that may be skipped covers nothing',
    );
  });

  test('a waiting run is not gone on with under rules that became stricter; it can be cancelled', async () => {
    await using files = threeEnvironments('approvalFor: [change, destroy]');
    files.file('runbooks/trim.yaml', gated);
    assert.equal((await files.run(['run', 'trim'])).exitCode, 8);
    assert.equal((await files.run(['approve', 'last', '--yes'])).exitCode, 0);
    for (const [policy, code] of [
      ['minApprovals: 2', 'policy/too-few-approvals'],
      ['requirePlan: true', 'policy/plan-missing'],
      ['requireCommitted: true', 'policy/not-committed'],
      [`windows: [${elsewhen()}]`, 'policy/outside-window'],
    ] as const) {
      files.file('belay.yaml', projectFile(policy));
      const result = await files.run(['resume', 'last']);
      assert.equal(result.exitCode, 4, `${policy}\n${result.stderr}`);
      assert.deepEqual(codesOf(result), [code]);
    }
    files.file('belay.yaml', projectFile('noYes: true'));
    assert.deepEqual(codesOf(await files.run(['resume', 'last', '--yes'])), ['policy/no-yes']);
    files.file('belay.yaml', projectFile(`windows: [${elsewhen()}]`));
    assert.deepEqual(codesOf(await files.run(['cancel', 'last'])), []);
    const { state } = (await files.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.equal(state, 'aborted');
    assert.equal(files.query('prod.db', 'SELECT count(*) FROM entries'), 3);
  });

  test('lint: a runbook that does not pass the profile is refused, one that passes runs', async () => {
    await using files = threeEnvironments('lint: safety');
    files.file('trim.sql', 'DELETE FROM entries;\n');
    const result = await files.run(['run', 'trim']);
    await assertRefused(files, result, 'policy/lint');
    assert.match(result.stderr, /wants the lint profile `safety`: .*\[lint\//);
    assert.match((await files.run(['plan', 'trim'])).stdout, /\[policy\/lint\]/);
    const calm = `apiVersion: belay/v1
name: trim
targets:
  db: { use: prod }
steps:
  - { id: look, action: sqlite.check, with: { target: db }, timeout: 5m }
`;
    files.file('runbooks/trim.yaml', calm);
    const passed = await files.run(['run', 'trim']);
    assert.equal(passed.exitCode, 0, passed.stderr);
  });

  test('a window in a time zone that does not exist is a finding of the project', async () => {
    await using files = threeEnvironments('windows: [{ from: "00:00", to: "01:00", zone: Mars/Olympus }]');
    const result = await files.run(['validate']);
    assert.equal(result.exitCode, 3);
    assert.match(result.stdout, /project\/unknown-zone.*`Mars\/Olympus`.*\n --> belay\.yaml:9:/);
  });

  test('noYes: an approval is given at a terminal, a rejection in any way', async () => {
    await using files = threeEnvironments('noYes: true');
    files.file('runbooks/trim.yaml', gated);
    assert.equal((await files.run(['run', 'trim'])).exitCode, 8);
    const approved = await files.run(['approve', 'last', '--yes']);
    assert.equal(approved.exitCode, 4);
    assert.deepEqual(codesOf(approved), ['policy/no-yes']);
    const rejected = await files.run(['reject', 'last', '--yes', '--reason', 'not today']);
    assert.equal(rejected.exitCode, 0, rejected.stderr);
  });

  test('a waiting run goes on when the rules still hold', async () => {
    await using files = threeEnvironments(`approvalFor: [change, destroy], windows: [${always}]`);
    files.file('runbooks/trim.yaml', gated);
    assert.equal((await files.run(['run', 'trim'])).exitCode, 8);
    assert.equal((await files.run(['approve', 'last', '--yes'])).exitCode, 0);
    const resumed = await files.run(['resume', 'last']);
    assert.equal(resumed.exitCode, 0, resumed.stderr);
    assert.equal(files.query('prod.db', 'SELECT count(*) FROM entries'), 2);
  });

  test('a rollback obeys before it asks, and is possible at any time', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    assert.equal((await files.run(['run', 'trim'])).exitCode, 0);
    files.file('belay.yaml', projectFile('noYes: true, noDiscardForeignWrites: true'));
    const refused = await files.run(['rollback', 'last', '--discard-foreign-writes', '--confirm', 'prod.db']);
    assert.equal(refused.exitCode, 4);
    assert.deepEqual(codesOf(refused), ['policy/discards-foreign-writes', 'policy/no-yes'].sort());
    assert.equal(files.query('prod.db', 'SELECT count(*) FROM entries'), 2);
    files.file('belay.yaml', projectFile(`requirePlan: true, windows: [${elsewhen()}]`));
    const back = await files.run(['rollback', 'last', '--confirm', 'prod.db']);
    assert.equal(files.query('prod.db', 'SELECT count(*) FROM entries'), 3, back.stderr);
  });

  test('`backup restore` obeys before it asks; a backup may always be taken', async () => {
    const policy = `approvalFor: [destroy], noYes: true, requirePlan: true, requireCommitted: true, windows: [${elsewhen()}]`;
    await using files = threeEnvironments(policy);
    const created = await files.run(['backup', 'create', '--target', 'prod']);
    assert.equal(created.exitCode, 0, created.stderr);
    const { backups } = (await files.run(['backup', 'list', '--target', 'prod', '--output', 'json'])).json();
    const [{ id }] = backups as [{ id: string }];
    for (const place of [
      ['--target', 'prod'],
      ['--path', 'prod.db', '--store', '.belay/backups'],
    ]) {
      const refused = await files.run(['backup', 'restore', id, ...place, '--confirm', 'prod.db']);
      assert.equal(refused.exitCode, 4, refused.stderr);
      assert.deepEqual(codesOf(refused), [
        'policy/no-yes',
        'policy/outside-window',
        'policy/plan-missing',
        'policy/approval-missing',
      ]);
      assert.match(refused.stderr, /instead of `belay backup restore` run a runbook with this step/);
    }
    files.file('belay.yaml', projectFile('noBackupNone: true'));
    const restored = await files.run(['backup', 'restore', id, '--target', 'prod', '--confirm', 'prod.db']);
    assert.equal(restored.exitCode, 0, restored.stderr);
  });

  test('a rehearsal works on copies, and is free of it', async () => {
    await using files = threeEnvironments('requirePlan: true, approvalFor: [change, destroy]');
    const result = await files.run(['run', 'trim', '--rehearse']);
    assert.equal(result.exitCode, 0, result.stderr);
  });
});

describe('the environment of a catalogue target', () => {
  test('is taken by a run without `--env`, with its params', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    const plan = (await files.run(['plan', 'trim', '--output', 'json'])).json();
    assert.equal(plan.environment, 'prod');
    assert.deepEqual(plan.params, { database: 'prod', least: 2 });
  });

  test('goes before the default of the project', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    files.file('belay.yaml', `${projectFile('noYes: true')}defaults: { environment: staging }\n`);
    assert.equal((await files.run(['plan', 'trim', '--output', 'json'])).json().environment, 'prod');
  });

  test('refuses a run in another one', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    await assertRefused(
      files,
      await files.run(['run', 'trim', '--env', 'staging']),
      'policy/other-environment',
    );
    assert.equal((await files.run(['run', 'trim', '--env', 'prod'])).exitCode, 0);
  });

  test('holds also under a second name of the catalogue for the same file', async () => {
    await using files = threeEnvironments('requirePlan: true');
    const second = (more: string) =>
      projectFile('requirePlan: true').replace(
        'targets:\n',
        `targets:\n  alias: { driver: sqlite, path: ./sub/../prod.db${more} }\n`,
      );
    files.file('sub/x', '').file('belay.yaml', second(''));
    await assertRefused(
      files,
      await files.run(['run', 'trim', '-p', 'database=alias']),
      'policy/plan-missing',
    );
    files.file('belay.yaml', second(', environment: staging'));
    for (const more of [[], ['--env', 'staging']])
      await assertRefused(
        files,
        await files.run(['run', 'trim', '-p', 'database=alias', ...more]),
        'policy/several-environments',
      );
  });

  test('holds also for a runbook that names the file itself, through a link too', async () => {
    await using files = threeEnvironments('requirePlan: true');
    const { symlinkSync } = await import('node:fs');
    symlinkSync(files.path('prod.db'), files.path('alias.db'));
    for (const path of ['./prod.db', 'alias.db']) {
      files.file(
        'runbooks/trim.yaml',
        trim().replace('use: "${{ params.database }}"', `driver: sqlite, path: ${path}`),
      );
      await assertRefused(files, await files.run(['run', 'trim']), 'policy/plan-missing');
    }
  });

  test('refuses two targets of different environments, and `validate` sees it', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    files.file(
      'runbooks/trim.yaml',
      trim().replace('targets:\n', 'targets:\n  live: { use: prod }\n  other: { use: staging }\n'),
    );
    await assertRefused(files, await files.run(['run', 'trim']), 'policy/several-environments');
    const validated = await files.run(['validate']);
    assert.equal(validated.exitCode, 3);
    assert.match(validated.stdout, /policy\/several-environments.*\n --> runbooks\/trim\.yaml:8:3/);
  });

  test('lets `validate` say what no run of the runbook could keep', async () => {
    await using files = threeEnvironments('approvalFor: [change, destroy], noBackupNone: true');
    files.file('runbooks/trim.yaml', unprotected);
    const { exitCode, stdout } = await files.run(['validate', '--output', 'json']);
    assert.equal(exitCode, 3);
    const findings = (JSON.parse(stdout) as { findings: { code: string }[] }).findings;
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['policy/backup-none', 'policy/approval-missing'],
    );
    files.file('runbooks/trim.yaml', gated.replace('"${{ params.database }}"', 'prod'));
    assert.equal((await files.run(['validate'])).exitCode, 0);
  });
});

describe('what git says of the files of a run', () => {
  const sourcesOf = async (files: Cli) =>
    (await files.run(['runs', 'show', 'last', '--output', 'json'])).json().sources as {
      path: string;
      commit?: string;
      isDirty?: boolean;
      unknown?: string;
    }[];

  test('is recorded: the commit, and every file that is not as committed', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    files.file('params.yaml', 'least: 2\n');
    const head = commit(files);
    files.file('trim.sql', 'DELETE FROM entries WHERE id = 2;\n');
    const result = await files.run(['run', 'trim', '--params-file', 'params.yaml']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual(await sourcesOf(files), [
      { path: files.path('runbooks/trim.yaml'), commit: head, isDirty: false },
      { path: files.path('trim.sql'), commit: head, isDirty: true },
      { path: files.path('belay.yaml'), commit: head, isDirty: false },
      { path: files.path('params.yaml'), commit: head, isDirty: false },
    ]);
    const shown = (await files.run(['runs', 'show', 'last'])).stdout;
    assert.match(shown, new RegExp(`git +commit ${head}`));
    assert.match(shown, /not as committed: <folder>\/trim\.sql/);
  });

  test('is unknown outside a repository, and where there is no git', async () => {
    await using files = threeEnvironments('noBackupNone: true');
    assert.equal((await files.run(['run', 'trim'])).exitCode, 0);
    assert.deepEqual(
      new Set((await sourcesOf(files)).map(({ unknown }) => unknown)),
      new Set(['it is in no git repository']),
    );
    commit(files);
    assert.equal((await files.run(['run', 'trim'], { env: { PATH: files.folder } })).exitCode, 0);
    assert.deepEqual(
      new Set((await sourcesOf(files)).map(({ unknown }) => unknown)),
      new Set(['there is no program `git`']),
    );
  });

  test('requireCommitted: only what is committed runs', async () => {
    await using files = threeEnvironments('requireCommitted: true');
    const run = () => files.run(['run', 'trim']);
    await assertRefused(files, await run(), 'policy/not-committed');
    commit(files);
    for (const [name, text] of [
      ['trim.sql', 'DELETE FROM entries;\n'],
      ['runbooks/trim.yaml', `${trim()}# more\n`],
      ['belay.yaml', `${projectFile('requireCommitted: true')}# more\n`],
    ] as const) {
      const before = files.read(name);
      files.file(name, text);
      const result = await run();
      await assertRefused(files, result, 'policy/not-committed');
      assert.match(result.stderr, new RegExp(`\`${name.replace('.', '\\.')}\` differs from the commit`));
      files.file(name, before);
    }
    files.file('params.yaml', 'least: 1\n');
    await assertRefused(
      files,
      await files.run(['run', 'trim', '--params-file', 'params.yaml']),
      'policy/not-committed',
    );
    const result = await run();
    assert.equal(result.exitCode, 0, result.stderr);
  });

  test('requireCommitted: a file that is named only while the run is going on is refused', async () => {
    await using files = threeEnvironments('requireCommitted: true');
    files.file('runbooks/trim.yaml', trim().replace('./trim.sql', '"${{ run.tempDir }}/made.sql"'));
    commit(files);
    const result = await files.run(['run', 'trim']);
    await assertRefused(files, result, 'policy/not-committed');
    assert.match(result.stderr, /step `delete` names its file only while the run is going on/);
  });

  test('git starts nothing that the repository names', async () => {
    await using files = threeEnvironments('requireCommitted: true');
    commit(files);
    const trap = files.path('trapped');
    const { execFileSync } = await import('node:child_process');
    const { chmodSync } = await import('node:fs');
    files.file('trap.sh', `#!/bin/sh\ntouch ${trap}\ncat\n`);
    chmodSync(files.path('trap.sh'), 0o755);
    for (const [key, value] of [
      ['core.fsmonitor', files.path('trap.sh')],
      ['core.pager', files.path('trap.sh')],
      ['core.sshCommand', files.path('trap.sh')],
      ['filter.trap.clean', files.path('trap.sh')],
      ['filter.trap.smudge', files.path('trap.sh')],
      ['diff.trap.textconv', files.path('trap.sh')],
      ['remote.origin.url', `ext::${files.path('trap.sh')}`],
      ['remote.origin.promisor', 'true'],
      ['extensions.partialClone', 'origin'],
    ] as const)
      execFileSync('git', ['-C', files.folder, 'config', key, value]);
    files.file('.git/info/attributes', '* filter=trap diff=trap\n');
    const result = await files.run(['run', 'trim']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.ok(!files.exists('trapped'));
  });
});

// A project of three environments: nothing is ruled in `dev`, a little in `staging`, and in `prod` what a test asks for.

import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

/** YAML of the policy of `prod`. */
export function threeEnvironments(policy: string): Cli {
  const files = cli().file('belay.yaml', projectFile(policy));
  for (const name of ['dev', 'staging', 'prod'])
    files.database(
      `${name}.db`,
      'CREATE TABLE entries(id INTEGER PRIMARY KEY); INSERT INTO entries VALUES (1), (2), (3);',
    );
  return files.file('runbooks/trim.yaml', trim()).file('trim.sql', 'DELETE FROM entries WHERE id = 3;\n');
}

export function projectFile(policy: string): string {
  return `apiVersion: belay/v1
targets:
  dev: { driver: sqlite, path: ./dev.db }
  staging: { driver: sqlite, path: ./staging.db, environment: staging }
  prod: { driver: sqlite, path: ./prod.db, environment: prod }
environments:
  dev: {}
  staging: { policy: { noBackupNone: true } }
  prod: { params: { least: 2 }, policy: { ${policy} } }
`;
}

export const approval = `approval: { message: Delete?, approvers: [${userInfo().username}], preventSelfApproval: false, minApprovals: 1 }`;

/** Deletes one row; `gate` stands before it, `target` is more of its target. */
export function trim({ gate = '', target = '', before = '' } = {}): string {
  return `apiVersion: belay/v1
name: trim
params:
  database: { type: string, default: prod }
  least: { type: integer, default: 1 }
targets:
  db: { use: "\${{ params.database }}"${target} }
steps:
${before}  - id: delete
${gate === '' ? '' : `    ${gate}\n`}    action: sqlite.execute
    with: { target: db, file: ./trim.sql }
`;
}

export function commit(files: Cli): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', files.folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      encoding: 'utf8',
    });
  files.file('.gitignore', '*.db\n*.belay-lock\n.belay/\n');
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'all');
  return git('rev-parse', 'HEAD').trim();
}

/** The codes that a refusal names, in their order. */
export function codesOf(result: CliResult): string[] {
  return [...result.stderr.matchAll(/^error\[([^\]]+)\]/gm)].map(([, code = '']) => code);
}

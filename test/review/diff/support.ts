// A git repository in a temporary folder, made by git itself.

import { execFileSync } from 'node:child_process';
import { type Cli, cli } from '../../support/cli.ts';

export interface Repository extends AsyncDisposable {
  readonly cli: Cli;
  git(...args: string[]): string;
  /** Commits everything; the id. */
  commit(message: string): string;
}

export function repository(): Repository {
  const files = cli();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: files.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: files.folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.org',
      },
    });
  git('init', '-q', '-b', 'main');
  return {
    cli: files,
    git,
    commit(message) {
      git('add', '-A');
      git('commit', '-q', '-m', message, '--allow-empty');
      return git('rev-parse', 'HEAD').trim();
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

export function runbook(name: string, sql = 'DELETE FROM old WHERE day < 5', more = ''): string {
  return `apiVersion: belay/v1
name: ${name}
params:
  database: { type: path, required: true }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - id: purge
    confirm: { message: Delete old rows? }
    action: sqlite.execute
    with: { target: db, sql: "${sql}" }
${more}`;
}

export const lostWhere = runbook('nightly', 'DELETE FROM old');

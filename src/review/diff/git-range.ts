// `BASE..HEAD`, `BASE...HEAD` or one revision → two trees. Revisions are resolved to commits by git, before anything is read.

import { join, posix, relative, resolve } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import { askGit } from '../../process/index.ts';
import { openFolderTree } from './folder-tree.ts';
import { openGitTree, parseListing } from './git-tree.ts';
import type { SourceTree, TreeFile } from './source-tree.ts';

export interface GitRangeRequest {
  /** Absolute. */
  readonly cwd: string;
  readonly range: string;
  /** Relative to `cwd`; all, when empty. */
  readonly paths: readonly string[];
}

export interface GitRange {
  readonly old: SourceTree;
  readonly now: SourceTree;
  /** True for what `paths` name. */
  readonly scope: (path: string) => boolean;
}

/** Fails with `usage/no-repository`, `usage/unknown-revision`, `usage/invalid-value`. */
export async function openGitRange({ cwd, range, paths }: GitRangeRequest): Promise<GitRange> {
  const { base, head, isFromMergeBase } = parseRange(range);
  const { repository, prefix, isBare } = await findRepository(cwd);
  const [first, last] = [
    await commitOf(cwd, base),
    head === undefined ? undefined : await commitOf(cwd, head),
  ];
  const from = isFromMergeBase && last !== undefined ? await mergeBaseOf(cwd, first, last, range) : first;
  const shown = (path: string) => posix.relative(prefix, path) || path;
  const old = await openGitTree({ repository, commit: from, label: base, shown });
  if (last === undefined && isBare)
    throw new Failure(
      'usage/invalid-value',
      `\`${range}\` alone is compared with the working tree, and a bare repository has none`,
      {
        fix: `name both: \`${range}..HEAD\``,
      },
    );
  const now =
    last === undefined
      ? await openWorkTree(repository, shown)
      : await openGitTree({ repository, commit: last, label: head ?? '', shown });
  const wanted = paths.map((path) => relative(repository, resolve(cwd, path)).split('\\').join('/'));
  return {
    old,
    now,
    scope: (path) =>
      wanted.length === 0 ||
      wanted.some((each) => each === '' || path === each || path.startsWith(`${each}/`)),
  };
}

function parseRange(range: string): {
  readonly base: string;
  readonly head?: string;
  readonly isFromMergeBase: boolean;
} {
  const [, base = '', dots, head = ''] = /^(.*?)(\.\.\.?)(.*)$/.exec(range) ?? [undefined, range];
  for (const revision of [base, head])
    if (revision.startsWith('-') || /[\0\n]/.test(revision))
      throw new Failure('usage/invalid-value', `\`--git ${range}\`: \`${revision}\` is no revision`, {
        fix: 'name branches, tags or commits: `--git main...HEAD`',
      });
  if (dots === undefined) {
    if (base === '')
      throw new Failure('usage/invalid-value', '`--git` needs a revision', { fix: '`--git main...HEAD`' });
    return { base, isFromMergeBase: false };
  }
  return { base: base || 'HEAD', head: head || 'HEAD', isFromMergeBase: dots === '...' };
}

async function findRepository(
  cwd: string,
): Promise<{ readonly repository: string; readonly prefix: string; readonly isBare: boolean }> {
  const top = await line(cwd, ['rev-parse', '--show-toplevel']);
  if ('text' in top) {
    const prefix = await line(cwd, ['rev-parse', '--show-prefix']);
    return { repository: top.text, prefix: 'text' in prefix ? prefix.text : '', isBare: false };
  }
  const bare = await line(cwd, ['rev-parse', '--is-bare-repository']);
  if ('text' in bare && bare.text === 'true') return { repository: cwd, prefix: '', isBare: true };
  throw new Failure('usage/no-repository', `git cannot read the repository: ${top.problem}`, {
    state: 'nothing was compared',
    fix: 'run it in a git repository, or compare two folders: `belay diff OLD NEW`',
  });
}

async function commitOf(cwd: string, revision: string): Promise<string> {
  const found = await line(cwd, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  if ('text' in found && /^[0-9a-f]+$/.test(found.text)) return found.text;
  throw unknownRevision(`git does not know the revision \`${revision}\``, await isShallow(cwd));
}

async function mergeBaseOf(cwd: string, first: string, last: string, range: string): Promise<string> {
  const found = await line(cwd, ['merge-base', first, last]);
  if ('text' in found) return found.text;
  throw unknownRevision(`the two sides of \`${range}\` have no common commit here`, await isShallow(cwd));
}

function unknownRevision(message: string, shallow: boolean): Failure {
  return new Failure('usage/unknown-revision', shallow ? `${message}: the clone is shallow` : message, {
    state: 'nothing was compared',
    fix: shallow ? 'git fetch --unshallow' : 'git fetch, or check the name',
  });
}

async function isShallow(cwd: string): Promise<boolean> {
  const answer = await line(cwd, ['rev-parse', '--is-shallow-repository']);
  return 'text' in answer && answer.text === 'true';
}

/** What git tracks, and what is new and not ignored; read from the disk, past every filter. */
async function openWorkTree(repository: string, shown: (path: string) => string): Promise<SourceTree> {
  const [format, tracked, fresh] = await Promise.all([
    line(repository, ['rev-parse', '--show-object-format']),
    askGit(repository, ['ls-files', '-s', '-z']),
    askGit(repository, ['ls-files', '-o', '--exclude-standard', '-z']),
  ]);
  const known = parseListing(tracked.stdout.toString('utf8'));
  const names = new Set([...known.keys(), ...fresh.stdout.toString('utf8').split('\0')]);
  const onDisk = openFolderTree({
    label: 'the working tree',
    folder: join(repository),
    shown,
    scope: (path) => names.has(path),
    hash: 'text' in format && format.text === 'sha256' ? 'sha256' : 'sha1',
  });
  const submodules = [...known].filter((entry): entry is [string, TreeFile] => entry[1].kind === 'submodule');
  return { ...onDisk, files: new Map([...onDisk.files, ...submodules]) };
}

async function line(
  cwd: string,
  args: readonly string[],
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const { stdout, problem } = await askGit(cwd, args);
  return problem === undefined ? { text: stdout.toString('utf8').replace(/\n$/, '') } : { problem };
}

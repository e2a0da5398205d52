// A git revision as a tree of sources. Git itself reads the objects, by plumbing that runs nothing of the repository
// (src/process/git.ts, docs/decisions/0010); contents are fetched by id, only those that are asked for.

import { Failure } from '../../diagnostic/index.ts';
import { askGit } from '../../process/index.ts';
import {
  decode,
  isCandidate,
  limitBytes,
  type SourceTree,
  type TreeFile,
  type TreeText,
} from './source-tree.ts';

export interface GitTreeOptions {
  /** Absolute: the top of the work tree, or a bare repository. */
  readonly repository: string;
  /** Id of a commit. */
  readonly commit: string;
  readonly label: string;
  readonly shown: (path: string) => string;
}

/** Contents asked for at a time, so that an answer stays small. */
const batchBytes = 16 * 1024 * 1024;

/** Fails with `usage/no-repository`. */
export async function openGitTree({ repository, commit, label, shown }: GitTreeOptions): Promise<SourceTree> {
  const listing = await ask(repository, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  const files = parseListing(listing.toString('utf8'));
  return {
    label,
    files,
    shown,
    read: async (paths) => {
      const ids = new Map<string, string>();
      for (const path of paths) {
        const file = files.get(path);
        if (file?.kind === 'file') ids.set(path, file.version);
      }
      const contents = await readBlobs(repository, [...new Set(ids.values())]);
      return new Map(
        [...ids].map(([path, id]) => [
          path,
          contents.get(id) ?? { problem: 'its content is not in this clone' },
        ]),
      );
    },
  };
}

const kinds: Readonly<Record<string, TreeFile['kind']>> = { '120000': 'link', '160000': 'submodule' };

/** Of `ls-tree -z` and, with a stage between id and path, of `ls-files -s -z`. */
export function parseListing(text: string): Map<string, TreeFile> {
  const files = new Map<string, TreeFile>();
  for (const line of text.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', ...words] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    const version = words.find((word) => /^[0-9a-f]{40,64}$/.test(word)) ?? '';
    const kind = kinds[mode] ?? 'file';
    if (kind === 'submodule' || isCandidate(path)) files.set(path, { version, kind });
  }
  return files;
}

async function readBlobs(repository: string, ids: readonly string[]): Promise<ReadonlyMap<string, TreeText>> {
  const texts = new Map<string, TreeText>();
  if (ids.length === 0) return texts;
  const sizes = await sizesOf(repository, ids);
  let batch: string[] = [];
  let size = 0;
  const flush = async () => {
    if (batch.length > 0) parseBatch(await ask(repository, ['cat-file', '--batch'], batch), texts);
    [batch, size] = [[], 0];
  };
  for (const line of sizes) {
    const [id = '', type, bytes] = line.split(' ');
    if (type !== 'blob') continue;
    if (Number(bytes) > limitBytes) texts.set(id, { problem: 'it is larger than 1 MiB' });
    else batch.push(id);
    size += Math.min(Number(bytes), limitBytes);
    if (size > batchBytes) await flush();
  }
  await flush();
  return texts;
}

/**
 * `<id> blob <size>` of each. A partial clone lacks objects, and older git gives up at the first: it must not fetch. Then
 * each half is asked for by itself, and what is still refused is left out.
 */
async function sizesOf(repository: string, ids: readonly string[]): Promise<readonly string[]> {
  const { stdout, problem } = await askGit(repository, ['cat-file', '--batch-check'], `${ids.join('\n')}\n`);
  if (problem === undefined) return stdout.toString('utf8').split('\n');
  if (ids.length <= 1) return [];
  const middle = Math.ceil(ids.length / 2);
  const halves = [ids.slice(0, middle), ids.slice(middle)];
  return (await Promise.all(halves.map((half) => sizesOf(repository, half)))).flat();
}

/** `<id> blob <size>`, a line break, the bytes, a line break; over and over. */
function parseBatch(answer: Buffer, texts: Map<string, TreeText>): void {
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(0x0a, at);
    if (end < 0) return;
    const [id = '', type, size] = answer.toString('utf8', at, end).split(' ');
    const length = type === 'blob' ? Number(size) : 0;
    if (type === 'blob') texts.set(id, decode(answer.subarray(end + 1, end + 1 + length)));
    at = end + 1 + (type === 'blob' ? length + 1 : 0);
  }
}

async function ask(repository: string, args: readonly string[], ids?: readonly string[]): Promise<Buffer> {
  const { stdout, problem } = await askGit(repository, args, ids && `${ids.join('\n')}\n`);
  if (problem === undefined) return stdout;
  throw new Failure('usage/no-repository', `git cannot read the repository: ${problem}`, {
    state: 'nothing was compared',
  });
}

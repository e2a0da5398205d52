// The place where a drill works: the targets as they were at first, a folder for each worker in which a run has copies of
// them, and what is said of their content afterwards. Everything lies in one scratch folder that the caller removes.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../diagnostic/index.ts';
import type { DatabaseDifference, ReadSession, TargetDriver, TargetSpec } from '../../target/index.ts';
import { copyTargets, type ScratchTarget } from '../scratch-targets.ts';

/** By target: a hash of the content, of the bytes where the content cannot be read, or `absent`. */
export type Contents = Readonly<Record<string, string>>;

export interface BenchTarget {
  readonly live: TargetSpec;
  readonly copy: TargetSpec;
}

export interface Bench extends AsyncDisposable {
  /** The targets of a run in this folder. */
  targetsIn(folder: string): readonly BenchTarget[];
  /** Makes the folder anew with the targets as they were at first, or as a folder of states has them. */
  lay(folder: string): Promise<void>;
  /** Puts the folder aside, to be looked at a last time: who still writes into it is told. */
  retire(folder: string, onWritten: (what: string) => void): Promise<void>;
  /** Resolves when every folder that was put aside has been looked at. */
  settle(): Promise<void>;
  /** Of the targets in the folder of a run; of those that a run kept, with `states`. */
  contentsOf(folder: string): Promise<Contents>;
  statesOf(folder: string): Promise<ReadonlyMap<string, Contents>>;
  /** Keeps the targets of a folder under a name, to compare with. */
  keep(folder: string, name: string): Promise<void>;
  /** What differs between a target in the folder and what was kept under a name; `before`: what it was at first. */
  differenceTo(folder: string, target: string, name: string): Promise<DatabaseDifference | string>;
}

interface Retired {
  readonly folder: string;
  readonly marks: string;
  readonly at: number;
  readonly onWritten: (what: string) => void;
}

/** Copies of all targets: at first, after, and for two runs with their backups and quarantines. */
const roomFactor = 12;
const parts = ['', '-wal', '-journal'];
const restMs = 250;

/** Fails as `copyTargets` does. */
export async function openBench(
  specs: readonly TargetSpec[],
  driver: TargetDriver,
  scratchFolder: string,
): Promise<Bench> {
  const first = join(scratchFolder, 'first');
  await mkdir(first, { recursive: true, mode: 0o700 });
  const originals = await copyTargets(specs, driver, first, roomFactor);
  const retired: Retired[] = [];
  let count = 0;
  let sweeping = Promise.resolve();
  let opening: Promise<ReadSession> | undefined;

  /** One process reads everything: its own database is an empty one. */
  const reader = (): Promise<ReadSession> => {
    opening ??= (async () => {
      const path = join(scratchFolder, 'reader', 'empty.db');
      await mkdir(dirname(path), { recursive: true });
      const store = { name: 'none', path: dirname(path) };
      const spec: TargetSpec = { name: 'reader', driver: driver.driver, path, expect: 'ok', store };
      driver.create(spec);
      return driver.openForReading(spec, { busyTimeoutMs: 0, scratchFolder: dirname(path) });
    })();
    return opening;
  };

  const hashOf = async (path: string): Promise<string> => {
    if (!existsSync(path)) return 'absent';
    try {
      const { contentHash, problems } = await (await reader()).readCopy(path, {
        level: 'quick',
        hasLog: true,
      });
      return problems.length === 0 ? contentHash : `${contentHash} with ${problems.join(', ')}`;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const bytes = await readFile(path);
      return `bytes ${createHash('sha256').update(bytes).digest('hex')}`;
    }
  };

  const targetsIn = (folder: string): BenchTarget[] =>
    originals.map(({ live, copy }) => ({
      live,
      copy: { ...copy, path: join(folder, 'targets', live.name, basename(copy.path)) },
    }));

  const contentsIn = async (pathOf: (target: BenchTarget) => string, folder: string): Promise<Contents> => {
    const contents: Record<string, string> = {};
    for (const target of targetsIn(folder)) contents[target.live.name] = await hashOf(pathOf(target));
    return contents;
  };

  const sweep = async (isLast: boolean): Promise<void> => {
    for (let next = retired[0]; next !== undefined; next = retired[0]) {
      const restedMs = performance.now() - next.at;
      if (restedMs < restMs && !isLast) return;
      await sleep(Math.max(0, restMs - restedMs));
      retired.shift();
      if ((await marksOf(next.folder)) !== next.marks)
        next.onWritten('something wrote to a target after every process of the run had ended');
      await rm(next.folder, { recursive: true, force: true });
    }
  };

  return {
    targetsIn,
    async lay(folder) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(join(folder, 'tmp'), { recursive: true, mode: 0o700 });
      for (const [i, { copy }] of targetsIn(folder).entries()) {
        await mkdir(dirname(copy.path), { recursive: true, mode: 0o700 });
        await copyParts(originals[i], copy.path);
      }
    },
    async retire(folder, onWritten) {
      const aside = join(scratchFolder, 'retired', String(++count));
      await mkdir(dirname(aside), { recursive: true });
      const marks = await marksOf(folder);
      await rename(folder, aside);
      retired.push({ folder: aside, marks, at: performance.now(), onWritten });
      sweeping = sweeping.then(() => sweep(false));
      await sweeping;
    },
    settle: () => (sweeping = sweeping.then(() => sweep(true))),
    contentsOf: (folder) => contentsIn(({ copy }) => copy.path, folder),
    async statesOf(folder) {
      const states = new Map<string, Contents>();
      for (const step of await namesIn(join(folder, 'states')))
        states.set(
          step,
          await contentsIn(
            ({ live, copy }) => join(folder, 'states', step, live.name, basename(copy.path)),
            folder,
          ),
        );
      return states;
    },
    async keep(folder, name) {
      for (const { live, copy } of targetsIn(folder)) {
        const to = join(scratchFolder, 'kept', name, live.name);
        await mkdir(to, { recursive: true });
        for (const part of parts)
          await ifThere(copyFile(copy.path + part, join(to, basename(copy.path) + part)));
      }
    },
    async differenceTo(folder, target, name) {
      const found = targetsIn(folder).find(({ live }) => live.name === target);
      const original = originals.find(({ live }) => live.name === target);
      if (found === undefined || original === undefined) throw new Error(`no target ${target}`);
      const { copy } = found;
      const other =
        name === 'before' ? original.before : join(scratchFolder, 'kept', name, target, basename(copy.path));
      if (!existsSync(copy.path)) return 'it is not there any more';
      if (other === undefined || !existsSync(other)) return 'it was not there before';
      try {
        await using session = await driver.openForReading(copy, { busyTimeoutMs: 0, scratchFolder });
        return await session.compareWith(other);
      } catch (error) {
        return error instanceof Failure ? error.message : String(error);
      }
    },
    async [Symbol.asyncDispose]() {
      await sweeping.then(() => sweep(true));
      await opening?.then(
        (session) => session.close(),
        () => undefined,
      );
    },
  };
}

async function copyParts(original: ScratchTarget | undefined, to: string): Promise<void> {
  if (original === undefined || !existsSync(original.copy.path)) return;
  for (const part of parts)
    await ifThere(copyFile(original.copy.path + part, to + part, constants.COPYFILE_FICLONE));
}

/** Sizes and times of all files of the targets. */
async function marksOf(folder: string): Promise<string> {
  const root = join(folder, 'targets');
  const marks: string[] = [];
  for (const name of await readdir(root, { recursive: true }).catch(() => []))
    if (!/-shm$|\.belay-lock/.test(name)) {
      const { size, mtimeNs } = await stat(join(root, name), { bigint: true });
      marks.push(`${name} ${size} ${mtimeNs}`);
    }
  return marks.sort().join('\n');
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function ifThere(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

// Runs cases side by side, each in a scratch folder of its own, and tells of each in the order of the files.

import { version } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { type CaseFile, type CaseResult, runCase, type TestCase } from '../drill/index.ts';
import type { Environment, Project } from '../project/index.ts';
import { rollBack } from '../recovery/index.ts';
import { sqliteDriver } from '../target/sqlite/index.ts';
import type { Context } from './context.ts';
import { folderOf } from './runbook.ts';
import { createScratchFolder } from './scratch.ts';

export interface FileResult {
  readonly file: CaseFile;
  readonly results: readonly CaseResult[];
}

interface Request {
  readonly project: Project;
  readonly environment: Environment | undefined;
  readonly interrupt: AbortSignal;
  /** Called for each case when it and all before it are done. */
  readonly onResult: (file: CaseFile, result: CaseResult) => void;
}

const atOnce = 2;

/** Fails with `test/interrupted` on a signal; what was running has been stopped and removed then. */
export async function runCases(
  context: Context,
  files: readonly CaseFile[],
  request: Request,
): Promise<readonly FileResult[]> {
  const all = files.flatMap((file) => file.cases.map((test) => ({ file, test })));
  const results: (CaseResult | undefined)[] = all.map(() => undefined);
  let next = 0;
  let told = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < all.length && !request.interrupt.aborted; i = next++) {
      const one = all[i];
      if (one === undefined) return;
      results[i] = await runOne(context, one.file, one.test, request);
      for (let done = results[told]; done !== undefined; done = results[told]) {
        const file = all[told]?.file;
        if (file !== undefined && !request.interrupt.aborted) request.onResult(file, done);
        told++;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work));
  if (request.interrupt.aborted)
    throw new Failure('test/interrupted', 'the cases were interrupted', {
      state: 'only scratch databases were touched, and they are gone',
    });
  return files.map((file) => ({
    file,
    results: results.filter(
      (result) => result !== undefined && file.cases.includes(result.test),
    ) as CaseResult[],
  }));
}

async function runOne(
  context: Context,
  { runbook }: CaseFile,
  test: TestCase,
  { project, environment, interrupt }: Request,
): Promise<CaseResult> {
  using scratch = createScratchFolder();
  return await runCase({
    test,
    runbook,
    project: { ...project, folder: folderOf(project, runbook.path) },
    ...(environment === undefined ? {} : { environment }),
    scratchFolder: scratch.path,
    driver: sqliteDriver,
    rollBack,
    clock: context.clock,
    interrupt,
    env: context.env,
    command: ['belay', ...process.argv.slice(2)],
    version,
  });
}

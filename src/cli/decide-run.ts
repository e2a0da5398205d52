// From the command line to a decided run: which runbook, with which params, in which environment. Shared by `plan`
// and `run`, so that both mean the same. Opens no target.

import { codes, FindingsFailure, hasErrors } from '../diagnostic/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import type { Project } from '../project/index.ts';
import type { Runbook } from '../runbook/index.ts';
import type { Context } from './context.ts';
import { environmentNamed } from './on-fixtures.ts';
import { type FlagParam, parseParams, readParamsFile } from './params.ts';
import { openRunbook } from './runbook.ts';

export interface ParamOptions {
  readonly param?: readonly string[];
  readonly paramsFile?: string;
  readonly env?: string;
}

export async function decideRun(
  context: Context,
  word: string,
  options: ParamOptions,
  now: Date,
): Promise<ResolvedRun> {
  const flags = parseParams(options.param ?? [], context.cwd);
  const project = await context.project();
  const runbook = await openRunbook(context, project, word);
  const file =
    options.paramsFile === undefined ? undefined : await readParamsFile(options.paramsFile, context.cwd);
  return await resolve(context, { runbook, project, flags, now, file, environment: options.env });
}

interface Given {
  readonly runbook: Runbook;
  readonly project: Project;
  readonly flags: readonly FlagParam[];
  readonly now: Date;
  readonly file: Awaited<ReturnType<typeof readParamsFile>> | undefined;
  readonly environment: string | undefined;
}

/** A compiled runbook with params, decided. Fails with the findings of the params. */
export async function resolve(context: Context, given: Given): Promise<ResolvedRun> {
  const { runbook, project, flags, file, now } = given;
  const [{ resolveParams }, { decideEnvironment, resolveRun }] = await Promise.all([
    import('../runbook/index.ts'),
    import('../plan/index.ts'),
  ]);
  const paramsIn = (name: string | undefined) =>
    resolveParams(
      runbook,
      {
        flags,
        ...(file === undefined ? {} : { file }),
        ...(name === undefined ? {} : { environment: environmentParams(project, name, runbook) }),
      },
      { cwd: context.cwd, projectFolder: runbook.projectFolder },
    );
  const {
    environment,
    params: { values, namedPaths, findings },
  } = decideEnvironment({
    runbook,
    project: { ...project, folder: runbook.projectFolder },
    now,
    ...(given.environment === undefined ? {} : { asked: given.environment }),
    paramsIn,
  });
  if (hasErrors(findings)) {
    const [first] = findings.filter(({ level }) => level === 'error');
    throw new FindingsFailure(findings, codes[first?.code ?? 'usage/invalid-param'].exit);
  }
  return resolveRun({
    runbook,
    // Without a belay.yaml the runbook's own folder is the project.
    project: { ...project, folder: runbook.projectFolder },
    params: values,
    namedPaths,
    ...(environment === undefined ? {} : { environment }),
    ...(file === undefined ? {} : { paramsFile: { path: file.path, text: file.text } }),
    now,
  });
}

/** An environment serves many runbooks: each takes the params that it declares. */
function environmentParams(
  project: Project,
  name: string,
  runbook: Runbook,
): Readonly<Record<string, unknown>> {
  const environment = environmentNamed(project, name);
  const known = new Set(runbook.params.map((param) => param.name));
  return Object.fromEntries(Object.entries(environment.params).filter(([param]) => known.has(param)));
}

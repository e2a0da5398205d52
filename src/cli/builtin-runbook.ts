// The runbooks behind `belay backup create`, `restore` and `expire`. They are compiled and run like any other, so that
// every command that writes has lease, journal and record.

import { basename } from 'node:path';
import type { Json } from '../base/index.ts';
import { exitCodes, FindingsFailure, hasErrors } from '../diagnostic/index.ts';
import { parseDocument, validateDocument } from '../document/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import type { Project } from '../project/index.ts';
import { compileRunbook } from '../runbook/index.ts';
import type { BackupPlace } from './backup-place.ts';
import type { Context } from './context.ts';
import { resolve } from './decide-run.ts';

export interface BuiltinRunbook {
  readonly name: string;
  readonly title: string;
  /** With `target: db`. Texts from the command line belong into `params`, never into the steps. */
  readonly steps: readonly Json[];
  readonly params?: Readonly<Record<string, string>>;
}

/** The one target of a built-in runbook is called `db`, or by its name in the catalogue. */
export async function resolveBuiltin(
  context: Context,
  project: Project,
  place: Required<Pick<BackupPlace, 'target'>>,
  builtin: BuiltinRunbook,
  now: Date,
): Promise<ResolvedRun> {
  const { target } = place;
  const params = {
    ...builtin.params,
    ...(target.catalogueName === undefined ? { database: target.path } : {}),
  };
  const document = {
    apiVersion: 'belay/v1',
    name: builtin.name,
    title: `${builtin.title} of ${basename(target.path)}`.replaceAll('${{', '$ {{'),
    params: Object.fromEntries(
      Object.keys(params).map((name) => [
        name,
        { type: name === 'database' || name === 'from' ? 'path' : 'string' },
      ]),
    ),
    targets: {
      db:
        target.catalogueName === undefined
          ? { driver: 'sqlite', path: '${{ params.database }}' }
          : { use: target.catalogueName },
    },
    defaults: { onFailure: 'abort' },
    steps: builtin.steps,
  };
  const file = `belay ${builtin.name.replace('-', ' ')}`;
  const parsed = parseDocument({ file, text: `${JSON.stringify(document, null, 2)}\n` });
  const found = [...parsed.findings];
  if (parsed.document !== undefined) found.push(...validateDocument(parsed.document, 'runbook'));
  if (parsed.document === undefined || hasErrors(found)) throw new FindingsFailure(found, exitCodes.invalid);
  const { runbook, findings } = compileRunbook({
    document: parsed.document,
    path: file,
    projectFolder: project.folder,
  });
  if (runbook === undefined) throw new FindingsFailure(findings, exitCodes.invalid);
  return await resolve(context, {
    runbook,
    project: withStore(project, place),
    flags: Object.entries(params).map(([name, value]) => ({ name, value, isJson: false })),
    now,
    file: undefined,
    environment: undefined,
  });
}

/** `--store` takes the place of the target's own store. */
function withStore(project: Project, { target }: Required<Pick<BackupPlace, 'target'>>): Project {
  const { catalogueName, store } = target;
  const entry = catalogueName === undefined ? undefined : project.targets[catalogueName];
  return {
    ...project,
    stores: { ...project.stores, [store.name]: { name: store.name, driver: 'local', path: store.path } },
    ...(entry === undefined
      ? {}
      : { targets: { ...project.targets, [entry.name]: { ...entry, store: store.name } } }),
  };
}

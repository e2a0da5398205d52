// Decides what a run is about, before anything is opened: params, targets with their stores, the fixed `now`.
// Touches no target; the only reading is of the files that the runbook names.

import { isRecord, parseDuration, type Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { type PinnedText, type Project, resolvePath } from '../project/index.ts';
import type { BackupDeclaration, Runbook, TargetDeclaration } from '../runbook/index.ts';
import type { BackupPolicy, TargetSpec } from '../target/index.ts';
import { staticBindings } from './bindings.ts';
import { type PinnedFile, pin, sqlFiles } from './pinned-files.ts';
import { belongings } from './policy/forced-environment.ts';

/** A run decided as far as it can be without looking at a target. */
export interface ResolvedRun {
  readonly runbook: Runbook;
  readonly project: Project;
  readonly params: Readonly<Record<string, Value>>;
  readonly environment?: string;
  readonly targets: readonly TargetSpec[];
  /** Made by the run itself; their paths are known only then. */
  readonly scratch: readonly Omit<TargetSpec, 'path'>[];
  /** Every file the run reads besides its targets: the runbook, SQL files. */
  readonly files: readonly PinnedFile[];
  /** `--params-file`; absolute. */
  readonly paramsFile?: PinnedText;
}

export interface ResolveRequest {
  readonly runbook: Runbook;
  readonly project: Project;
  readonly params: Readonly<Record<string, Value>>;
  readonly environment?: string;
  readonly paramsFile?: PinnedText;
  readonly now: Date;
  /** Paths outside the project that the operator named: files there may be read, too. */
  readonly namedPaths?: readonly string[];
  /** What an earlier process of the run pinned; the files of today are then not read. */
  readonly pinned?: readonly PinnedFile[];
}

/**
 * Fails with `plan/unknown-catalogue-target` for a `use:` that the catalogue does not hold, `plan/unreadable-file` for an
 * SQL file that is not there, `plan/outside-project` for one that is neither of the project nor named by the operator.
 */
export function resolveRun(request: ResolveRequest): ResolvedRun {
  const { runbook, project, params, environment, paramsFile } = request;
  const bindings = staticBindings(runbook, params, request.now);
  const targets = runbook.targets
    .filter(({ isScratch }) => isScratch !== true)
    .map((declaration) => resolveTarget(declaration, project, bindings))
    .map((spec) => withoutForbidden(spec, project, environment));
  const scratch = runbook.targets
    .filter(({ isScratch }) => isScratch === true)
    .map((declaration) => resolveScratch(declaration, project));
  return {
    runbook,
    project,
    params,
    ...(environment === undefined ? {} : { environment }),
    ...(paramsFile === undefined ? {} : { paramsFile }),
    targets,
    scratch,
    files: request.pinned ?? [
      ...runbook.files.map(({ path, text }) => pin(path, text)),
      ...sqlFiles(runbook, project, { bindings, namedPaths: request.namedPaths ?? [] }),
    ],
  };
}

/** A run that began under milder rules is put back under those of today. */
function withoutForbidden(spec: TargetSpec, project: Project, environment: string | undefined): TargetSpec {
  const { discardsForeignWrites, ...rest } = spec;
  const names = [environment, ...belongings([spec], project).map((each) => each.environment)];
  const isForbidden = names.some(
    (name) => project.environments[name ?? '']?.policy?.noDiscardForeignWrites === true,
  );
  return discardsForeignWrites === true && isForbidden ? rest : spec;
}

function resolveScratch(declaration: TargetDeclaration, project: Project): Omit<TargetSpec, 'path'> {
  const { name, driver = 'sqlite' } = declaration;
  return { name, driver, expect: 'ok', store: resolveStore(project, 'local', declaration) };
}

function resolveTarget(
  declaration: TargetDeclaration,
  project: Project,
  bindings: ReturnType<typeof staticBindings>,
): TargetSpec {
  const { name, expect } = declaration;
  const named = storeOf(declaration);
  const safety = safetyOf(declaration);
  if (declaration.use !== undefined) {
    const use = String(declaration.use.evaluate(bindings));
    const entry = project.targets[use];
    if (entry === undefined) {
      const known = Object.keys(project.targets);
      throw new Failure(
        'plan/unknown-catalogue-target',
        `target \`${name}\` uses \`${use}\`, which the catalogue does not hold`,
        {
          place: declaration.place,
          state: 'nothing was started',
          fix:
            known.length === 0
              ? 'declare it under `targets` in belay.yaml'
              : `name one of ${known.map((each) => `\`${each}\``).join(', ')}, or declare it in belay.yaml`,
        },
      );
    }
    return {
      name,
      driver: entry.driver,
      path: entry.path,
      catalogueName: entry.name,
      expect,
      store: resolveStore(project, named ?? entry.store, declaration),
      ...safety,
    };
  }
  const path = declaration.path?.evaluate(bindings);
  if (typeof path !== 'string' || path === '') {
    throw new Failure('plan/target-without-path', `the path of target \`${name}\` is empty`, {
      place: declaration.place,
      state: 'nothing was started',
      fix: 'give the param that its `path` is made of',
    });
  }
  return {
    name,
    driver: declaration.driver ?? 'sqlite',
    path: resolvePath(project.folder, path),
    expect,
    store: resolveStore(project, named ?? 'local', declaration),
    ...safety,
  };
}

function storeOf({ backup }: TargetDeclaration): string | undefined {
  return backup?.kind === 'backup' ? backup.store : undefined;
}

/** What the runbook says about the way back of a target. */
function safetyOf({ backup, discardsForeignWrites, isExclusive }: TargetDeclaration): Partial<TargetSpec> {
  return {
    ...(isExclusive === true ? { isExclusive } : {}),
    ...(backup === undefined ? {} : { backup: backup.kind === 'none' ? backup : policyOf(backup) }),
    ...(discardsForeignWrites === true ? { discardsForeignWrites } : {}),
  };
}

function policyOf({ before, verify, keep }: BackupDeclaration): BackupPolicy {
  const rules = isRecord(keep)
    ? Object.entries(keep).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : (parseDuration(String(value)) ?? 0),
      ])
    : undefined;
  return {
    kind: 'backup',
    before: before ?? 'change',
    verify: verify ?? 'quick',
    ...(rules === undefined ? {} : { keep: Object.fromEntries(rules) as BackupPolicy['keep'] & object }),
  };
}

function resolveStore(
  project: Project,
  name: string,
  declaration: TargetDeclaration,
): { readonly name: string; readonly path: string } {
  const store = project.stores[name];
  if (store === undefined) {
    throw new Failure(
      'plan/unknown-store',
      `target \`${declaration.name}\` keeps its backups in store \`${name}\`, which belay.yaml does not declare`,
      {
        place: declaration.place,
        state: 'nothing was started',
        fix: `declare \`${name}\` under \`stores\` in belay.yaml, or use \`local\``,
      },
    );
  }
  return { name, path: store.path };
}

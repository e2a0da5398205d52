// Which environments the targets of a run belong to. A target is known by its name in the catalogue or, when a runbook
// names the file itself, by that file: a path is no way around a policy.

import type { Value } from '../../base/index.ts';
import { type Project, resolvePath } from '../../project/index.ts';
import type { Runbook, TargetDeclaration } from '../../runbook/index.ts';
import { realPathOf } from '../../target/index.ts';
import { staticBindings } from '../bindings.ts';

export interface Belonging {
  /** As the runbook calls the target. */
  readonly target: string;
  /** As the catalogue does. */
  readonly catalogueName: string;
  readonly environment: string;
}

export interface NamedTarget {
  readonly name: string;
  readonly catalogueName?: string;
  /** Absolute. */
  readonly path?: string;
}

/** Targets that belong to an environment; the others are not in the answer. */
export function belongings(targets: readonly NamedTarget[], project: Project): Belonging[] {
  const bound = Object.values(project.targets).filter(({ environment }) => environment !== undefined);
  if (bound.length === 0) return [];
  return targets.flatMap(({ name, catalogueName, path }) => {
    const real = path === undefined ? undefined : realPathOf(path);
    // By name or by path, and by the path of the named one: a second entry for a file is no way around the first.
    const named = catalogueName === undefined ? undefined : project.targets[catalogueName];
    const reals = new Set([real, named === undefined ? undefined : realPathOf(named.path)]);
    return bound
      .filter((each) => reals.has(realPathOf(each.path)))
      .flatMap(({ name: known, environment }) =>
        environment === undefined ? [] : [{ target: name, catalogueName: known, environment }],
      );
  });
}

/** The targets of a runbook as far as its params tell now; what cannot be computed yet has neither name nor path. */
export function namedTargets(
  runbook: Runbook,
  project: Project,
  params: Readonly<Record<string, Value>>,
  now: Date,
): NamedTarget[] {
  const bindings = staticBindings(runbook, params, now);
  return runbook.targets.map((declaration) => {
    const { name } = declaration;
    const [catalogueName, path] = [declaration.use, declaration.path].map((template) =>
      textOf(template, bindings),
    );
    return {
      name,
      ...(catalogueName === undefined ? {} : { catalogueName }),
      ...(path === undefined ? {} : { path: resolvePath(project.folder, path) }),
    };
  });
}

function textOf(
  template: TargetDeclaration['path'],
  bindings: ReturnType<typeof staticBindings>,
): string | undefined {
  try {
    const value = template?.evaluate(bindings);
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

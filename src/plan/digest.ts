// What a plan is bound to. Two plans with the same digest run the same steps on the same database.
// No clocks, ids or counts go in: they change without anything having changed.

import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { Json } from '../base/index.ts';
import type { TargetFacts } from '../target/index.ts';
import type { ResolvedRun } from './resolve.ts';

export interface Digest {
  readonly digest: string;
  /** Hash of each part by its name, so that a stale plan can say what changed. */
  readonly parts: Readonly<Record<string, string>>;
}

/** `facts` by target name; `params` as JSON, secrets are not in them. */
export function digestOf(
  resolved: ResolvedRun,
  params: Json,
  facts: Readonly<Record<string, TargetFacts>>,
): Digest {
  const parts: Record<string, string> = {
    params: sha256(canonical(params)),
    environment: sha256(canonical(environmentOf(resolved))),
  };
  for (const file of resolved.files)
    parts[`file ${relative(resolved.project.folder, file.path)}`] = file.sha256;
  for (const spec of resolved.targets) {
    const fact = facts[spec.name];
    const { standsFor } = spec;
    parts[`target ${spec.name}`] = sha256(
      canonical({
        // A scratch database has another path each time.
        realPath: standsFor?.target.path ?? fact?.identity?.realPath ?? spec.path,
        condition: fact?.condition ?? 'unknown',
        schemaHash: fact?.schemaHash ?? '',
        store: (standsFor?.target ?? spec).store.path,
        // Never the same as a plan for the database itself.
        ...(standsFor === undefined ? {} : { fixture: standsFor.fixture }),
      }),
    );
  }
  return { digest: sha256(canonical(parts)), parts };
}

function environmentOf(resolved: ResolvedRun): Json {
  const name = resolved.environment;
  if (name === undefined) return null;
  return { name, policy: (resolved.project.environments[name]?.policy ?? null) as Json };
}

/** JSON with sorted keys. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// A plan made earlier is run only as what it was made for.

import type { Json } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { TargetFacts } from '../target/index.ts';
import { type Digest, digestOf } from './digest.ts';
import { toPlain } from './input.ts';
import type { Plan } from './plan.ts';
import type { ResolvedRun } from './resolve.ts';

/** Fails with `plan/stale`, naming what changed. */
export function assertFresh(
  planned: Plan,
  resolved: ResolvedRun,
  facts: Readonly<Record<string, TargetFacts>>,
): void {
  const onFixture = planned.targets.find(
    ({ name, fixture }) =>
      fixture !== undefined && resolved.targets.find((spec) => spec.name === name)?.standsFor === undefined,
  );
  if (onFixture !== undefined)
    throw new Failure(
      'plan/stale',
      `the plan was made on \`${onFixture.fixture}\`, which stands for target \`${onFixture.name}\` in plans and rehearsals only`,
      {
        state: 'nothing was started; the targets are as before',
        fix: 'make it in an environment without that fixture',
      },
    );
  assertSameDigest(planned, digestOf(resolved, toPlain(resolved.params) as Json, facts));
}

/** The same, when the digest of now is known. */
export function assertSameDigest(planned: Plan, now: Digest): void {
  if (now.digest === planned.digest) return;
  const changed = Object.keys({ ...planned.digestParts, ...now.parts }).filter(
    (part) => planned.digestParts[part] !== now.parts[part],
  );
  throw new Failure('plan/stale', `the plan is stale: ${changed.join(', ')} changed since it was made`, {
    state: 'nothing was started; the targets are as before',
    fix: `belay plan ${planned.runbook.name} --out FILE`,
  });
}

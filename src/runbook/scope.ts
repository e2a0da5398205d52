// The names that expressions see, by where they stand. What a run binds is in plan/bindings.ts; the two agree.

import type { CompileOptions, ObjectField, Scope, ValueType } from '../expression/index.ts';
import type { Param, Secret } from './runbook.ts';

/** A step as later expressions see it. */
export interface KnownStep {
  readonly id: string;
  readonly kind: 'steps' | 'preconditions';
  readonly outputs: Readonly<Record<string, ObjectField>>;
  /** Why its outputs may be missing. */
  readonly whyMissing?: string;
}

export interface Names {
  readonly params: readonly Param[];
  readonly secrets: readonly Secret[];
  readonly targets: readonly string[];
  /** Those of them that are scratch targets. */
  readonly scratchTargets: readonly string[];
  /** Ids of all steps, in the order in which they run. */
  readonly order: readonly { readonly id: string; readonly kind: KnownStep['kind'] }[];
}

const field = (type: ValueType): ObjectField => ({ type });

const targetFields: Readonly<Record<string, ObjectField>> = {
  name: field('string'),
  path: field('string'),
  state: field('string'),
  sizeBytes: field('double'),
  freeBytes: field('double'),
  pageSize: field('double'),
  journalMode: field('string'),
};

const runFields: Readonly<Record<string, ObjectField>> = {
  id: field('string'),
  runbook: field('string'),
  startedAt: field('timestamp'),
  operator: field('string'),
  tempDir: field('string'),
  failed: field('bool'),
  error: field('string'),
};

/** Names that need nothing but the command line: for targets. */
export function staticScope({ params }: Pick<Names, 'params'>): Scope {
  return {
    params: { object: Object.fromEntries(params.map(({ name, valueType }) => [name, field(valueType)])) },
    runbook: { object: { name: field('string'), dir: field('string') } },
    now: 'timestamp',
  };
}

/** Names after these steps have run. */
export function stepScope(names: Names, known: readonly KnownStep[], extra: Scope = {}): Scope {
  return {
    ...staticScope(names),
    target: {
      object: Object.fromEntries(names.targets.map((name) => [name, field({ object: targetFields })])),
    },
    run: { object: runFields },
    steps: { object: known.some(({ kind }) => kind === 'steps') ? stepFields(known, 'steps') : {} },
    preconditions: { object: stepFields(known, 'preconditions') },
    ...extra,
  };
}

/** Secrets are for the inputs of actions only: anywhere else they would end up in plan or journal. */
export function withSecrets(scope: Scope, { secrets }: Names): Scope {
  return {
    ...scope,
    secrets: { object: Object.fromEntries(secrets.map(({ name }) => [name, field('string')])) },
  };
}

function stepFields(known: readonly KnownStep[], kind: KnownStep['kind']): Record<string, ObjectField> {
  return Object.fromEntries(
    known
      .filter((step) => step.kind === kind)
      .map(({ id, outputs, whyMissing }) => [
        id,
        field({
          object: {
            ...Object.fromEntries(
              Object.entries(outputs).map(([name, output]): [string, ObjectField] => [
                name,
                whyMissing === undefined ? output : { ...output, isOptional: true },
              ]),
            ),
            state: field('string'),
            error: field('string'),
            attempts: field('double'),
          },
        }),
      ]),
  );
}

/** What to say about names that are not there, or not there yet. */
export function explainNames(
  names: Names,
  known: readonly KnownStep[],
  selfId: string | undefined,
): Pick<CompileOptions, 'explainUnknown' | 'explainMissing'> {
  return {
    explainUnknown: (path) => explainUnknown(names, path, selfId),
    explainMissing: ([kind, id]) => known.find((step) => step.kind === kind && step.id === id)?.whyMissing,
  };
}

function explainUnknown(
  names: Names,
  path: readonly string[],
  selfId: string | undefined,
): { readonly message: string; readonly fix?: string } | undefined {
  const [root, id] = path;
  if (root === 'self' && path.length === 1)
    return {
      message: '`self` is known only in `ensure`, `outputs` and the `message` of a step with an action',
    };
  if (root === 'secrets' && path.length === 1)
    return {
      message: 'secrets may be used only in `with`: anywhere else they would be shown or kept',
    };
  if ((root !== 'steps' && root !== 'preconditions') || path.length !== 2 || id === undefined)
    return undefined;
  const found = names.order.find((step) => step.id === id);
  if (!found) return undefined;
  if (found.kind !== root)
    return {
      message: `\`${id}\` is not under \`${root}\``,
      fix: `write \`${found.kind}.${id}\``,
    };
  if (id === selfId)
    return {
      message: `step \`${id}\` cannot use its own outputs here`,
      fix: 'in `ensure` and `outputs` they are `self`',
    };
  return {
    message: `step \`${id}\` runs later, so that it has no outputs here`,
    fix: 'an expression sees earlier steps only: move the step, or the expression',
  };
}

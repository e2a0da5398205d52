// Makes a plan: resolves a runbook against the live targets and says step by step what a run would do.
// Writes nothing, starts no program, asks nobody; what it cannot know it says.

import type { JsonObject } from '../base/index.ts';
import { shownPath } from '../base/index.ts';
import type { Finding } from '../diagnostic/index.ts';
import type { Effect } from '../journal/index.ts';
import type { Step } from '../runbook/index.ts';
import type { ReadSession, TargetFacts, TargetSpec } from '../target/index.ts';
import { digestOf } from './digest.ts';
import { toPlain } from './input.ts';
import type { Plan, PlannedStep, PlannedTarget } from './plan.ts';
import { policyFindings } from './policy/policy-findings.ts';
import { neededOutputs } from './references.ts';
import type { PlanRequest } from './request.ts';
import type { ResolvedRun } from './resolve.ts';
import { simulateStep } from './simulate.ts';
import type { Simulation } from './simulation.ts';
import { protectionStep, targetsToProtect } from './way-back.ts';
import { backupWords, gateWords, rollbackWords, strongestEffect } from './words.ts';

export async function createPlan(request: PlanRequest): Promise<Plan> {
  const { resolved } = request;
  const facts: Record<string, TargetFacts> = {};
  for (const spec of resolved.targets) facts[spec.name] = await request.driver.probe(spec);

  const readers = new Map<string, ReadSession>();
  try {
    const rules = await policyOf(request);
    const simulation: Simulation = {
      request,
      facts,
      readers,
      known: { steps: {}, preconditions: {} },
      changed: new Set(),
      neededOutputs: neededOutputs(resolved),
      refusals: [...rules.filter(({ level }) => level === 'error'), ...conditionProblems(resolved, facts)],
      failures: [],
      warnings: rules.filter(({ level }) => level !== 'error'),
    };
    const steps = await planSteps(simulation);
    const { digest, parts } = digestOf(resolved, toPlain(resolved.params) as never, facts);
    return {
      version: 1,
      runbook: { name: resolved.runbook.name, title: resolved.runbook.title, file: resolved.runbook.file },
      ...(resolved.environment === undefined ? {} : { environment: resolved.environment }),
      digest,
      digestParts: parts,
      params: toPlain(resolved.params) as never,
      shownParams: shownParams(resolved),
      targets: resolved.targets.map((spec) => plannedTarget(spec, resolved, facts[spec.name])),
      steps,
      wouldChange: steps.some(mayChange),
      refusals: simulation.refusals,
      failures: simulation.failures,
      warnings: simulation.warnings,
    };
  } finally {
    for (const reader of readers.values()) await reader.close();
  }
}

/** The run that this plan is of, as the policy of its environment judges it. */
async function policyOf({ resolved, policy, now }: PlanRequest): Promise<readonly Finding[]> {
  if (policy === undefined) return [];
  const call = { kind: 'run', now, discardsForeignWrites: false, behind: new Set<string>() } as const;
  return await policyFindings(resolved, { ...call, ...policy });
}

async function planSteps(simulation: Simulation): Promise<PlannedStep[]> {
  const { resolved } = simulation.request;
  const { runbook } = resolved;
  const planned: PlannedStep[] = leaseSteps(resolved);
  for (const [kind, steps] of [
    ['precondition', runbook.preconditions],
    ['step', runbook.steps],
    ['always', runbook.always],
  ] as const) {
    for (const step of steps) {
      if (kind === 'step') planned.push(...protectionSteps(simulation, step, planned));
      const simulated = await simulateStep(simulation, step, kind);
      const backup = backupWords(resolved, step);
      planned.push({
        id: step.id,
        kind,
        title: step.title,
        ...(step.action === undefined ? {} : { action: step.action }),
        effect: step.effect,
        targets: step.targets,
        ...(step.gate === undefined ? {} : { gate: gateWords(step.gate) }),
        ...simulated,
        onFailure: step.onFailure,
        rollback: rollbackWords(step),
        ...(step.rollback?.kind === 'none' ? { pointOfNoReturn: step.rollback.reason } : {}),
        ...(backup === undefined ? {} : { backup }),
        place: step.place,
      });
    }
  }
  return planned;
}

/** What the engine adds by itself stands in the plan as steps. */
function leaseSteps(resolved: ResolvedRun): PlannedStep[] {
  return resolved.targets
    .filter((spec) => needsLease(resolved, spec.name))
    .map(
      (spec): PlannedStep => ({
        id: `lease.${spec.name}`,
        kind: 'engine',
        title: `Take the right to work on ${spec.name}`,
        effect: 'read',
        targets: [spec.name],
        state: 'would-run',
        lines: [],
        onFailure: 'abort',
        rollback: 'given back at the end',
      }),
    );
}

/** Before the first change of any target, all that the run changes get their backup. */
function protectionSteps(
  { request, facts }: Simulation,
  step: Step,
  planned: readonly PlannedStep[],
): PlannedStep[] {
  const { runbook } = request.resolved;
  const earlier = runbook.steps.slice(0, runbook.steps.indexOf(step));
  const missing = targetsToProtect(step, runbook.steps, request.resolved.targets).filter(
    (target) => !planned.some(({ id }) => id === protectionStep(target)),
  );
  return missing.map((target): PlannedStep => {
    const own = earlier.findLast((each) => each.action === 'backup.create' && each.targets.includes(target));
    return {
      id: protectionStep(target),
      kind: 'engine',
      title: `Back up ${target} before the first change`,
      action: 'backup.create',
      effect: 'maintain',
      targets: [target],
      ...(isReadable(facts[target])
        ? { state: 'would-run' }
        : { state: 'skipped-by-condition', reason: `the target is ${facts[target]?.condition}` }),
      lines: own === undefined ? [] : [`not needed when nobody has written since \`${own.id}\``],
      onFailure: 'rollback',
      rollback: 'nothing to undo: the content stays the same',
    };
  });
}

/** What cannot be read cannot be backed up; its way back is its quarantine. */
function isReadable(facts: TargetFacts | undefined): boolean {
  return facts?.condition === 'ok' || facts?.condition === 'needs-recovery';
}

/** Only a target that a step may write is leased. */
export function needsLease(resolved: ResolvedRun, target: string): boolean {
  return resolved.runbook.steps.some((step) => step.targets.includes(target) && step.effect !== 'read');
}

function conditionProblems(resolved: ResolvedRun, facts: Readonly<Record<string, TargetFacts>>): Finding[] {
  return resolved.targets.flatMap((spec) => {
    const problem = facts[spec.name]?.problem;
    return spec.expect === 'ok' && problem !== undefined ? [problem] : [];
  });
}

function plannedTarget(
  spec: TargetSpec,
  resolved: ResolvedRun,
  facts: TargetFacts | undefined,
): PlannedTarget {
  return {
    name: spec.name,
    driver: spec.driver,
    path: shownPath(resolved.project.folder, spec.standsFor?.target.path ?? spec.path),
    ...(spec.standsFor === undefined ? {} : { fixture: spec.standsFor.fixture }),
    condition: facts?.condition ?? 'unreadable',
    ...(spec.catalogueName === undefined ? {} : { catalogueName: spec.catalogueName }),
    effect: strongestEffect(resolved.runbook.steps.filter((step) => step.targets.includes(spec.name))),
    takesLease: needsLease(resolved, spec.name),
    store: spec.store.name,
    ...dangersOf(spec),
  };
}

function shownParams({ runbook, params, project }: ResolvedRun): JsonObject {
  const paths = new Set(runbook.params.filter(({ type }) => type === 'path').map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(toPlain(params) as JsonObject).map(([name, value]) => [
      name,
      paths.has(name) && typeof value === 'string' ? shownPath(project.folder, value) : value,
    ]),
  );
}

/** What a person should know before a run on this target. */
function dangersOf({
  backup,
  discardsForeignWrites,
  isExclusive,
}: TargetSpec): Pick<PlannedTarget, 'dangers'> {
  const dangers = [
    ...(backup?.kind === 'none' ? [`no backup is taken before the first change: ${backup.reason}`] : []),
    ...(discardsForeignWrites === true
      ? ['what others have written since the backup is lost when it is restored']
      : []),
    ...(isExclusive === true
      ? ['nobody else can read or write it, from the first backup to `accept` or the end']
      : []),
  ];
  return dangers.length === 0 ? {} : { dangers };
}

const changing: ReadonlySet<Effect> = new Set(['maintain', 'change', 'destroy', 'external']);

function mayChange(step: PlannedStep & { readonly changesSomething?: boolean }): boolean {
  return (
    changing.has(step.effect) && step.state !== 'skipped-by-condition' && step.changesSomething !== false
  );
}

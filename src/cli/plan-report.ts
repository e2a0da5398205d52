// Plans as reports for other programs: what a run would be refused for, by runbook.

import type { Finding } from '../diagnostic/index.ts';
import type { Plan } from '../plan/index.ts';
import { type JunitCase, renderFindings } from '../render/index.ts';
import type { Reported } from './reports.ts';

/** What came of one runbook: a plan, or why there is none. */
export interface PlanOutcome {
  readonly name: string;
  /** As shown. */
  readonly file: string;
  readonly plan?: Plan;
  readonly findings: readonly Finding[];
}

/** Text that is kept and compared has one width and no colour. */
export const keptScreen = { width: 80, hasColor: false };

export function planReport(outcomes: readonly PlanOutcome[], others: readonly Finding[] = []): Reported {
  return {
    command: 'plan',
    findings: [...outcomes.flatMap(findingsOf), ...others],
    suites: [{ name: 'plan', cases: outcomes.map(asCase) }],
  };
}

function findingsOf({ plan, findings }: PlanOutcome): readonly Finding[] {
  return plan === undefined ? findings : [...plan.refusals, ...plan.failures, ...plan.warnings];
}

function asCase(outcome: PlanOutcome): JunitCase {
  const { name, file, plan } = outcome;
  const [problem, ...others] = findingsOf(outcome).filter(({ level }) => level === 'error');
  const found = problem === undefined ? undefined : problemOf([problem, ...others]);
  return {
    name,
    file: problem?.place?.file ?? file,
    ...(problem?.place === undefined ? {} : { line: problem.place.line }),
    ...(found === undefined ? {} : plan === undefined ? { error: found } : { failure: found }),
  };
}

function problemOf(findings: readonly [Finding, ...Finding[]]): NonNullable<JunitCase['failure']> {
  return { message: findings[0].message, details: renderFindings(findings, keptScreen) };
}

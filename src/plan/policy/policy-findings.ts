// Whether a run keeps the policy of its environment: one finding for each rule that it breaks. What only the world can say
// (the clock, git, lint, how the command was called) is given.

import { isAbsolute } from 'node:path';
import type { Finding } from '../../diagnostic/index.ts';
import type { Policy } from '../../project/index.ts';
import type { ResolvedRun } from '../resolve.ts';
import { approvalFindings } from './approvals.ts';
import type { PolicyCall, Ruled } from './call.ts';
import { committedFindings } from './files.ts';
import { type Belonging, belongings } from './forced-environment.ts';
import { severalEnvironments } from './several-environments.ts';
import { targetFindings } from './targets.ts';
import { isInWindow, windowWords } from './window.ts';

/** Errors refuse the run; what is only told is `info`. */
export async function policyFindings(resolved: ResolvedRun, call: PolicyCall): Promise<Finding[]> {
  const { environments } = resolved.project;
  const belonging = belongings(resolved.targets, resolved.project);
  // The way back is open whatever the environments say of each other; the rules of all of them hold.
  const misplaced = call.kind === 'rollback' ? [] : misplacedFindings(resolved, belonging);
  if (misplaced.length > 0) return misplaced;
  const names = new Set([resolved.environment, ...belonging.map(({ environment }) => environment)]);
  const findings: Finding[] = [];
  for (const environment of names) {
    const policy = environment === undefined ? undefined : environments[environment]?.policy;
    if (environment === undefined || policy === undefined) continue;
    findings.push(...(await judge(policy, { environment, state: stateOf(call) }, resolved, call)));
  }
  return findings;
}

async function judge(
  policy: Policy,
  ruled: Ruled,
  resolved: ResolvedRun,
  call: PolicyCall,
): Promise<Finding[]> {
  const { environment, ...rest } = ruled;
  const refuse = (code: Finding['code'], message: string, fix: string): Finding => ({
    code,
    level: 'error',
    message,
    ...rest,
    fix,
  });
  const findings: Finding[] = [];
  const [answer] = call.answers;
  if (policy.noYes === true && answer !== undefined)
    findings.push(
      refuse(
        'policy/no-yes',
        `environment \`${environment}\` lets no option answer a gate; \`${answer}\` was given`,
        `leave \`${answer}\` out, and answer at a terminal`,
      ),
    );
  if (policy.noDiscardForeignWrites === true && call.discardsForeignWrites)
    findings.push(
      refuse(
        'policy/discards-foreign-writes',
        `environment \`${environment}\` never discards what others have written; \`--discard-foreign-writes\` was given`,
        'leave it out: the rollback takes back what the run did, or stops and shows the rows',
      ),
    );
  if (call.kind === 'rollback') return findings;

  const isOwn = !isAbsolute(resolved.runbook.path);
  if (policy.windows !== undefined && !policy.windows.some((each) => isInWindow(each, call.now)))
    findings.push(
      refuse(
        'policy/outside-window',
        `environment \`${environment}\` lets a run ${call.kind === 'resume' ? 'go on' : 'start'} only ${policy.windows.map(windowWords).join(', or ')}`,
        'do it then; a rollback may be at any time',
      ),
    );
  if (policy.requirePlan === true && !call.isPlanned)
    findings.push(
      refuse(
        'policy/plan-missing',
        `environment \`${environment}\` runs only what was planned before`,
        isOwn
          ? 'do it with a runbook: `belay plan RUNBOOK --out plan.json`, then `belay run --plan plan.json`'
          : `\`belay plan ${resolved.runbook.name} --out plan.json\`, then \`belay run --plan plan.json\``,
      ),
    );
  findings.push(
    ...approvalFindings(policy, ruled, resolved.runbook, call.behind),
    ...targetFindings(policy, ruled, resolved.runbook),
    ...(policy.requireCommitted === true ? committedFindings(ruled, resolved, call.sources) : []),
    // What Belay itself does is no runbook of the project.
    ...(policy.lint === undefined || isOwn ? [] : await lintFindings(policy.lint, ruled, resolved, call)),
  );
  return findings;
}

async function lintFindings(
  profile: NonNullable<Policy['lint']>,
  { environment, ...rest }: Ruled,
  { runbook }: ResolvedRun,
  call: PolicyCall,
): Promise<Finding[]> {
  const wants = `environment \`${environment}\` wants the lint profile \`${profile}\``;
  if (call.lint === undefined) {
    const message = `${wants}, which cannot be checked here`;
    return [{ code: 'policy/lint', level: 'error', message, ...rest, fix: 'run it with `belay run`' }];
  }
  const found = (await call.lint(profile)).filter(({ level }) => level !== 'info');
  const [first] = found;
  if (first === undefined) return [];
  const others = found.length - 1;
  return [
    {
      code: 'policy/lint',
      level: 'error',
      message: `${wants}: ${first.message} [${first.code}]${others > 0 ? `, and ${others} more` : ''}`,
      ...(first.place === undefined ? {} : { place: first.place }),
      ...rest,
      fix: `belay lint ${runbook.file} --profile ${profile}`,
    },
  ];
}

/** A run is in one environment, and that is the one its targets belong to. */
function misplacedFindings(resolved: ResolvedRun, belonging: readonly Belonging[]): Finding[] {
  const { environment, runbook } = resolved;
  const [first] = belonging;
  if (first === undefined) return [];
  const mixed = severalEnvironments(runbook, belonging);
  if (mixed.length > 0) return mixed.map((finding) => ({ ...finding, state: 'nothing was started' }));
  if (first.environment === environment) return [];
  const place = runbook.targets.find(({ name }) => name === first.target)?.place;
  return [
    {
      code: 'policy/other-environment',
      level: 'error',
      message: `target \`${first.target}\` is \`${first.catalogueName}\` of the catalogue, which belongs to environment \`${first.environment}\`; the run is in ${environment === undefined ? 'none' : `\`${environment}\``}`,
      ...(place ? { place } : {}),
      state: 'nothing was started',
      fix: `leave \`--env\` out, or give \`--env ${first.environment}\``,
    },
  ];
}

function stateOf({ kind }: PolicyCall): string {
  return kind === 'run' ? 'nothing was started' : 'nothing was done by this command';
}

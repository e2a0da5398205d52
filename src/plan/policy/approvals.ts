// `approvalFor` and `minApprovals`: which steps go without the approval that they need.

import { isAbsolute, sep } from 'node:path';
import { formatCount } from '../../base/index.ts';
import type { Finding } from '../../diagnostic/index.ts';
import { bundledRunbookFolder, type Policy } from '../../project/index.ts';
import type { Runbook, Step } from '../../runbook/index.ts';
import type { Ruled } from './call.ts';

const changing: ReadonlySet<string> = new Set(['change', 'destroy', 'external']);

export function approvalFindings(
  policy: Policy,
  { environment, ...rest }: Ruled,
  runbook: Runbook,
  behind: ReadonlySet<string>,
): Finding[] {
  const { bare, weak } = judge(policy, runbook, behind);
  const [firstBare] = bare;
  const [firstWeak] = weak;
  const least = policy.minApprovals ?? 1;
  return [
    ...(firstBare === undefined
      ? []
      : [
          {
            code: 'policy/approval-missing',
            level: 'error',
            message: `environment \`${environment}\` wants an approval before ${stepWords(bare, ({ effect }) => effect)}`,
            place: firstBare.place,
            ...rest,
            fix: `${there(runbook)}give ${bare.length === 1 ? 'it' : 'each of them'} \`approval: { message: …, approvers: […]${least > 1 ? `, minApprovals: ${least}` : ''} }\``,
          } satisfies Finding,
        ]),
    ...(firstWeak === undefined
      ? []
      : [
          {
            code: 'policy/too-few-approvals',
            level: 'error',
            message: `environment \`${environment}\` wants ${least} approvals; ${stepWords(weak, ({ gate }) => `asks for ${gate?.kind === 'approval' ? gate.minApprovals : 0}`)}`,
            place: firstWeak.places['/approval/minApprovals'] ?? firstWeak.place,
            ...rest,
            fix: `${there(runbook)}write \`minApprovals: ${least}\`, and name at least so many \`approvers\``,
          } satisfies Finding,
        ]),
  ];
}

function judge(
  policy: Policy,
  runbook: Runbook,
  behind: ReadonlySet<string>,
): { readonly bare: readonly Step[]; readonly weak: readonly Step[] } {
  const wanted = new Set<string>(policy.approvalFor);
  const least = policy.minApprovals ?? 1;
  const bare: Step[] = [];
  const weak: Step[] = [];
  // An approval that only asks holds up to the first change after it.
  let isCovered = false;
  for (const step of [...runbook.steps, ...runbook.always]) {
    const { gate } = step;
    const isApproval = gate?.kind === 'approval';
    const isAhead = !behind.has(step.id);
    if (isApproval && gate.minApprovals < least && isAhead) weak.push(step);
    if (step.kind === 'gate' && isApproval && step.if === undefined) isCovered = true;
    if (wanted.has(step.effect) && !isApproval && !isCovered && isAhead) bare.push(step);
    if (changing.has(step.effect)) isCovered = false;
  }
  return { bare, weak };
}

/** A runbook that comes with Belay is nobody's to edit where it lies, and a command has none. */
function there({ name, file, path }: Runbook): string {
  if (path.startsWith(bundledRunbookFolder() + sep))
    return `copy \`${path}\` to \`runbooks/${name}.yaml\`, and there `;
  return isAbsolute(path) ? '' : `instead of \`${file}\` run a runbook with this step, and there `;
}

const mostNamed = 5;

function stepWords(steps: readonly Step[], why: (step: Step) => string): string {
  const named = steps.slice(0, mostNamed).map((step) => `\`${step.id}\` (${why(step)})`);
  const rest = steps.length - named.length;
  const all = rest > 0 ? [...named, formatCount(rest, 'more step')] : named;
  return `${steps.length === 1 ? 'step' : 'steps'} ${all.join(', ')}`;
}

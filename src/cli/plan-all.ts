// `belay plan --all`: every runbook of the project, on the fixtures of its environment where there are any. One that cannot
// be planned is a finding and does not hide the others. The text is the same on every machine.

import { formatCount, replaceTexts, shownPath } from '../base/index.ts';
import {
  type ExitCode,
  exitCodes,
  Failure,
  type Finding,
  FindingsFailure,
  hasErrors,
} from '../diagnostic/index.ts';
import type { Plan } from '../plan/index.ts';
import {
  findingToJson,
  renderFindings,
  renderFindingsMarkdown,
  renderGithub,
  renderPlan,
  renderPlanMarkdown,
} from '../render/index.ts';
import type { Runbook } from '../runbook/index.ts';
import type { Context } from './context.ts';
import { decideRun, type ParamOptions } from './decide-run.ts';
import { planToJson } from './make-plan.ts';
import { environmentNamed, environmentOf } from './on-fixtures.ts';
import { planDecided } from './plan-decided.ts';
import { type PlanOutcome, planReport, keptScreen as screen } from './plan-report.ts';
import { formatReport, type ReportOptions, writeReports } from './reports.ts';

export interface PlanAllOptions extends ParamOptions, ReportOptions {
  readonly detailedExitcode?: boolean;
  readonly probeExternal?: boolean;
}

interface Planned extends PlanOutcome {
  readonly runbook?: Runbook;
  readonly exit: ExitCode;
}

const formats = ['text', 'json', 'markdown', 'github', 'sarif', 'junit'] as const;

export async function planAll(context: Context, options: PlanAllOptions): Promise<ExitCode> {
  const format = context.format(formats);
  const { listRunbooks } = await import('../project/index.ts');
  const project = await context.project();
  if (options.env !== undefined) environmentNamed(project, options.env);
  const planned: Planned[] = [];
  for (const { name, path, isBundled } of listRunbooks(project)) {
    if (isBundled) continue;
    const one = await planOne(context, name, path, options);
    planned.push(one);
    if (format === 'text') await show(context, one);
    if (format === 'markdown') context.print(await asMarkdown(context, one));
  }
  const unused = await unusedFindings(context, options, planned);
  const report = planReport(planned, unused);
  const { findings } = report;
  if (format === 'json')
    context.printJson({
      plans: planned.flatMap(({ plan }) => (plan === undefined ? [] : [planToJson(plan)])),
      findings: findings.map(findingToJson),
    });
  else if (format === 'github') context.print(renderGithub(findings));
  else if (format === 'sarif' || format === 'junit')
    context.print(await formatReport(context, format, report));
  else if (format === 'text' && (unused.length > 0 || hasErrors(findings) || !context.globals.isQuiet))
    context.print(`${unused.length === 0 ? '' : `${renderFindings(unused, screen)}\n`}${closing(planned)}`);
  await writeReports(context, options, report);
  return exitOf(planned, options);
}

async function planOne(
  context: Context,
  name: string,
  path: string,
  options: PlanAllOptions,
): Promise<Planned> {
  const file = shownPath(context.cwd, path);
  try {
    const { plan, resolved } = await planDecided(context, options, (now) =>
      decideRun(context, path, options, now),
    );
    const { runbook } = resolved;
    const findings = missingFixtures(plan, runbook, options.env);
    if (findings.length > 0) return { name, file, runbook, findings, exit: exitCodes.invalid };
    return {
      name,
      file,
      runbook,
      plan,
      findings: [],
      exit: plan.refusals.length + plan.failures.length > 0 ? exitCodes.refused : exitCodes.done,
    };
  } catch (error) {
    if (error instanceof Failure) return { name, file, findings: [error.toFinding()], exit: error.exit };
    if (!(error instanceof FindingsFailure)) throw error;
    const findings = error.findings.map((finding) => ofEnvironment(finding, options.env));
    // What nobody gave on the command line is what belay.yaml does not give.
    const isMissing = error.findings.some(({ code }) => code === 'runbook/param-missing');
    return { name, file, findings, exit: isMissing ? exitCodes.invalid : error.exit };
  }
}

/** What is there on this machine only is no ground for a plan that is compared with that of another. */
function missingFixtures(plan: Plan, runbook: Runbook, environment: string | undefined): Finding[] {
  return plan.targets.flatMap(({ name, path, condition, fixture }): Finding[] => {
    if (condition !== 'missing' || fixture !== undefined) return [];
    const place = runbook.targets.find((target) => target.name === name)?.place;
    return [
      {
        code: 'plan/no-fixture',
        level: 'error',
        message: `target \`${name}\` of runbook \`${runbook.name}\` has no fixture, and there is no database \`${path}\``,
        ...(place === undefined ? {} : { place }),
        fix:
          environment === undefined
            ? `name an environment that has a fixture for it: \`--env NAME\``
            : `add \`${name}: FILE\` under \`environments.${environment}.fixtures\` in belay.yaml`,
      },
    ];
  });
}

function ofEnvironment(finding: Finding, environment: string | undefined): Finding {
  const name = finding.code === 'runbook/param-missing' ? /`(.*?)`/.exec(finding.message)?.[1] : undefined;
  if (name === undefined || environment === undefined) return finding;
  return { ...finding, fix: `add \`${name}\` under \`environments.${environment}.params\` in belay.yaml` };
}

/** Only when every runbook is known, else a name may be one of those that do not compile. */
async function unusedFindings(
  context: Context,
  options: PlanAllOptions,
  planned: readonly Planned[],
): Promise<Finding[]> {
  const project = await context.project();
  const environment = environmentOf(project, options.env);
  const runbooks = planned.flatMap(({ runbook }) => (runbook === undefined ? [] : [runbook]));
  if (environment === undefined || runbooks.length < planned.length) return [];
  const { unusedDeclarations } = await import('../drill/index.ts');
  return unusedDeclarations(project, [environment], runbooks);
}

async function show(context: Context, { plan, findings, name }: Planned): Promise<void> {
  if (plan === undefined)
    context.print(`${name}: cannot be planned\n\n${renderFindings(findings, screen)}\n`);
  else if (!context.globals.isQuiet || plan.refusals.length + plan.failures.length > 0)
    context.print(`${renderPlan(await asKept(context, plan), screen)}\n`);
}

async function asMarkdown(context: Context, { plan, findings, name }: Planned): Promise<string> {
  return plan === undefined
    ? renderFindingsMarkdown(findings, { title: `Plan: ${name}`, verdict: 'It cannot be planned.' })
    : renderPlanMarkdown(await asKept(context, plan));
}

/** Without the place of the project on this machine. */
async function asKept(context: Context, plan: Plan): Promise<Plan> {
  const { folder } = await context.project();
  return replaceTexts(plan, [[`${folder}/`, '']]);
}

function closing(planned: readonly Planned[]): string {
  const failed = planned.filter(({ plan }) => plan === undefined).length;
  const failing = planned.filter(
    ({ plan }) => plan?.refusals.length === 0 && plan.failures.length > 0,
  ).length;
  const refused = planned.filter(({ plan }) => plan !== undefined && plan.refusals.length > 0).length;
  return [
    `${formatCount(planned.length - failed, 'runbook')} planned`,
    ...(failing === 0 ? [] : [`${failing} would fail`]),
    ...(refused === 0 ? [] : [`${refused} would be refused`]),
    ...(failed === 0 ? [] : [`${failed} cannot be planned`]),
  ].join(', ');
}

/** What is wrong with files goes before what a run would refuse. */
function exitOf(planned: readonly Planned[], options: PlanAllOptions): ExitCode {
  const exits = planned.map(({ exit }) => exit);
  const wrong = [exitCodes.invalid, exitCodes.refused].find((code) => exits.includes(code));
  const other = exits.find((code) => code !== exitCodes.done);
  if (wrong !== undefined || other !== undefined) return wrong ?? other ?? exitCodes.done;
  return options.detailedExitcode === true && planned.some(({ plan }) => plan?.wouldChange === true)
    ? exitCodes.wouldChange
    : exitCodes.done;
}

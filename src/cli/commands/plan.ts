// `belay plan`: what a run would do, step by step. Never writes, never asks.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes, Failure, FindingsFailure } from '../../diagnostic/index.ts';
import type { Plan } from '../../plan/index.ts';
import { renderPlan, renderPlanMarkdown } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context, Format } from '../context.ts';
import { decideRun, type ParamOptions } from '../decide-run.ts';
import { makePlan, planToJson } from '../make-plan.ts';
import { addParamOptions } from '../options.ts';
import { showError } from '../show-error.ts';

interface PlanOptions extends ParamOptions {
  readonly all?: boolean;
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly probeExternal?: boolean;
}

const widthOfKeptText = 80;

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[RUNBOOK]', 'a name, or a path');
  addParamOptions(command)
    .option('--all', 'plan every runbook of the project')
    .option('--out <FILE>', 'write the plan for `belay run --plan FILE`')
    .option('--detailed-exitcode', 'exit 10 when the run would change something')
    .option('--probe-external', 'also make the HTTP checks of preconditions');
  handle<PlanOptions>(command, async (context, [word], options) => {
    const format = context.format(['text', 'json', 'markdown']);
    if (options.all === true) return await planAll(context, word, options, format);
    if (word === undefined) {
      throw new Failure('usage/missing-argument', 'name the runbook to plan', {
        fix: '`belay list` shows the runbooks; `belay plan --all` plans every one',
      });
    }
    const plan = await planOne(context, word, options);
    if (options.out !== undefined) writePlan(plan, options.out, context);
    await show(plan, context, format);
    return exitOf([plan], options);
  });
};

async function planOne(context: Context, word: string, options: PlanOptions): Promise<Plan> {
  const now = context.clock.now();
  const resolved = await decideRun(context, word, options, now);
  return await makePlan(context, resolved, {
    now,
    mayProbeExternal: options.probeExternal === true,
    // What is planned here is what `run --plan` would run.
    policy: { isPlanned: true, answers: [] },
  });
}

/** One runbook that cannot be planned does not hide the others; the worst exit code stands. */
async function planAll(
  context: Context,
  word: string | undefined,
  options: PlanOptions,
  format: Format,
): Promise<ExitCode> {
  if (word !== undefined || options.out !== undefined)
    throw new Failure('usage/conflicting-options', '`--all` goes neither with a runbook nor with `--out`');
  const { listRunbooks } = await import('../../project/index.ts');
  const plans: Plan[] = [];
  const failures: unknown[] = [];
  for (const { name, path, isBundled } of listRunbooks(await context.project())) {
    if (isBundled) continue;
    try {
      const plan = await planOne(context, path, options);
      plans.push(plan);
      if (format !== 'json') await show(plan, context, format);
    } catch (error) {
      if (!(error instanceof Failure || error instanceof FindingsFailure)) throw error;
      failures.push(error);
      context.say(`\`${name}\` cannot be planned:`);
      await showError(error, context.screen, { ...context.globals, output: 'text' });
    }
  }
  if (format === 'json') context.printJson({ plans: plans.map(planToJson) });
  const [failure] = failures;
  if (failure instanceof Failure || failure instanceof FindingsFailure) return failure.exit;
  return exitOf(plans, options);
}

async function show(plan: Plan, context: Context, format: Format): Promise<void> {
  if (format === 'json') context.printJson(planToJson(plan));
  else if (format === 'markdown') context.print(renderPlanMarkdown(plan));
  else if (!context.globals.isQuiet || plan.refusals.length + plan.failures.length > 0) {
    const { width, hasColor } = context.resultScreen;
    const { folder } = await context.project();
    // Text that is kept and compared has one width.
    const columns = Number.isFinite(width) ? width : widthOfKeptText;
    context.print(renderPlan(plan, { width: columns, hasColor, folder }));
  }
}

function writePlan(plan: Plan, out: string, context: Context): void {
  try {
    writeFileSync(resolve(context.cwd, out), `${JSON.stringify(plan, null, 2)}\n`);
  } catch (cause) {
    throw new Failure('usage/unwritable-file', `the plan cannot be written to \`${out}\``, { cause });
  }
}

function exitOf(plans: readonly Plan[], options: PlanOptions): ExitCode {
  if (plans.some(({ refusals, failures }) => refusals.length + failures.length > 0)) return exitCodes.refused;
  return options.detailedExitcode === true && plans.some(({ wouldChange }) => wouldChange)
    ? exitCodes.wouldChange
    : exitCodes.done;
}

// `belay plan`: what a run would do, step by step. Never writes, never asks.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes, Failure } from '../../diagnostic/index.ts';
import type { Plan } from '../../plan/index.ts';
import { renderPlan, renderPlanMarkdown } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context, Format } from '../context.ts';
import { decideRun, type ParamOptions } from '../decide-run.ts';
import { planToJson } from '../make-plan.ts';
import { addParamOptions } from '../options.ts';
import { planDecided } from '../plan-decided.ts';
import { planReport } from '../plan-report.ts';
import { addReportOptions, type ReportOptions, writeReports } from '../reports.ts';

interface PlanOptions extends ParamOptions, ReportOptions {
  readonly all?: boolean;
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly probeExternal?: boolean;
}

const widthOfKeptText = 80;

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[RUNBOOK]', 'a name, or a path');
  addReportOptions(addParamOptions(command))
    .option('--all', 'plan every runbook of the project; also `--output github`, `sarif`, `junit`')
    .option('--out <FILE>', 'write the plan for `belay run --plan FILE`')
    .option('--detailed-exitcode', 'exit 10 when the run would change something')
    .option('--probe-external', 'also make the HTTP checks of preconditions');
  handle<PlanOptions>(command, async (context, [word], options) => {
    if (options.all === true) {
      if (word !== undefined || options.out !== undefined)
        throw new Failure(
          'usage/conflicting-options',
          '`--all` goes neither with a runbook nor with `--out`',
        );
      const { planAll } = await import('../plan-all.ts');
      return await planAll(context, options);
    }
    const format = context.format(['text', 'json', 'markdown']);
    if (word === undefined) {
      throw new Failure('usage/missing-argument', 'name the runbook to plan', {
        fix: '`belay list` shows the runbooks; `belay plan --all` plans every one',
      });
    }
    const { plan } = await planDecided(context, options, (now) => decideRun(context, word, options, now));
    if (options.out !== undefined) writePlan(plan, options.out, context);
    await show(plan, context, format);
    await writeReports(
      context,
      options,
      planReport([{ name: plan.runbook.name, file: plan.runbook.file, plan, findings: [] }]),
    );
    return exitOf(plan, options);
  });
};

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

function exitOf({ refusals, failures, wouldChange }: Plan, options: PlanOptions): ExitCode {
  if (refusals.length + failures.length > 0) return exitCodes.refused;
  return options.detailedExitcode === true && wouldChange ? exitCodes.wouldChange : exitCodes.done;
}

// `belay run`: runs a runbook, or a plan made earlier.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { type ExitCode, exitCodes, Failure } from '../../diagnostic/index.ts';
import type { Plan } from '../../plan/index.ts';
import { renderPlan } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';
import { decideRun, type ParamOptions } from '../decide-run.ts';
import { driveRun } from '../drive-run.ts';
import { type GateAnswers, optionsThatAnswer, readConfirmations } from '../gate-answers.ts';
import { makePlan, planToJson } from '../make-plan.ts';
import { environmentOf, nowIn } from '../on-fixtures.ts';
import { addParamOptions, collect, readDuration } from '../options.ts';
import { rehearseRun } from '../rehearse-run.ts';

interface RunOptions extends ParamOptions, GateAnswers {
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly rehearse?: boolean;
  readonly lockWait?: string;
  readonly result?: string;
}

const planWidth = 100;

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[RUNBOOK]', 'a name, or a path; with --plan the one that was planned');
  addParamOptions(command)
    .option('--plan <FILE>', 'run exactly this plan of `belay plan --out`; refused when stale')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--rehearse', 'run for real on scratch copies, and say what changed there')
    .option('--yes', 'answer the gates that ask for no text')
    .option(
      '--confirm <STEP=TEXT>',
      'answer the gate of a step that asks for a text; may be repeated',
      collect,
    )
    .option('--non-interactive', 'never ask; a gate that nothing else answers refuses the run')
    .option('--lock-wait <DURATION>', 'how long to wait for a target that is in use, such as 5m')
    .option('--result <FILE>', 'write the outcome as JSON');
  handle<RunOptions>(command, async (context, [word], options) => {
    if (options.rehearse === true && options.dryRun === true)
      throw new Failure('usage/conflicting-options', '`--dry-run` and `--rehearse` exclude one another', {
        fix: 'give one of them',
      });
    const lockWaitMs =
      options.lockWait === undefined ? undefined : readDuration('--lock-wait', options.lockWait);
    const planned = options.plan === undefined ? undefined : readPlan(options.plan, context);
    const name = word ?? planned?.runbook.file;
    if (name === undefined) {
      throw new Failure('usage/missing-argument', 'name the runbook to run', {
        fix: '`belay list` shows the runbooks',
      });
    }
    const given = planned === undefined ? options : asPlanned(planned, options);
    const environment =
      options.rehearse === true ? environmentOf(await context.project(), given.env) : undefined;
    const now = nowIn(context, environment);
    const resolved = await decideRun(context, name, given, now);
    readConfirmations(options.confirm ?? [], resolved.runbook);
    if (options.dryRun === true) {
      const policy = { isPlanned: planned !== undefined, answers: optionsThatAnswer(options) };
      const plan = await makePlan(context, resolved, { now, mayProbeExternal: false, policy });
      if (planned !== undefined) {
        const { assertSameDigest } = await import('../../plan/index.ts');
        assertSameDigest(planned, { digest: plan.digest, parts: plan.digestParts });
      }
      return showDryRun(plan, context);
    }
    if (options.rehearse === true)
      return await rehearseRun(context, resolved, { now, planned, result: options.result });
    const { exitCode } = await driveRun(context, resolved, {
      now,
      answers: options,
      ...(planned === undefined ? {} : { planned }),
      ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
      ...(options.result === undefined ? {} : { resultFile: options.result }),
    });
    return exitCode;
  });
};

function showDryRun(plan: Plan, context: Context): ExitCode {
  const { width, hasColor } = context.resultScreen;
  if (context.format(['text', 'json']) === 'json') context.printJson(planToJson(plan));
  else context.print(renderPlan(plan, { width: Number.isFinite(width) ? width : planWidth, hasColor }));
  return plan.refusals.length + plan.failures.length > 0 ? exitCodes.refused : exitCodes.done;
}

/** The params and the environment of the plan, unless others are given: those make it stale, and it is refused. */
function asPlanned(plan: Plan, options: RunOptions): ParamOptions {
  if (options.param !== undefined || options.paramsFile !== undefined) return options;
  const given = Object.entries(plan.params).filter(([, value]) => value !== null);
  return {
    param: given.map(([name, value]) => `${name}:=${JSON.stringify(value)}`),
    ...((options.env ?? plan.environment) === undefined
      ? {}
      : { env: options.env ?? plan.environment ?? '' }),
  };
}

function readPlan(file: string, context: Context): Plan {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(resolve(context.cwd, file), 'utf8'));
  } catch (cause) {
    throw new Failure('usage/unreadable-file', `\`${file}\` cannot be read as a plan`, {
      fix: 'make one with `belay plan RUNBOOK --out FILE`',
      cause,
    });
  }
  const isPlan =
    isRecord(value) &&
    value.version === 1 &&
    typeof value.digest === 'string' &&
    isRecord(value.digestParts) &&
    isRecord(value.params) &&
    isRecord(value.runbook) &&
    typeof value.runbook.file === 'string';
  if (isPlan) return value as unknown as Plan;
  throw new Failure(
    'usage/unreadable-file',
    `\`${file}\` is not a plan that this version of belay can read`,
    {
      fix: 'make one with `belay plan RUNBOOK --out FILE`',
    },
  );
}

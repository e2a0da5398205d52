// `belay drill`: runs a runbook on copies again and again, each time with one fault, and shows where that leaves the
// databases. The databases themselves are only read.

import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCount, replaceTexts } from '../../base/index.ts';
import { type ExitCode, exitCodes, Failure, type Finding, FindingsFailure } from '../../diagnostic/index.ts';
import type { DrillReport, DrillRequest } from '../../drill/index.ts';
import type { Interruption } from '../../engine/index.ts';
import { drillSuite, renderDrill, renderDrillMarkdown, titleOf } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';
import { type DrillWords, decideDrill } from '../decide-drill.ts';
import type { ParamOptions } from '../decide-run.ts';
import { drillFindings } from '../drill-findings.ts';
import { environmentOf, nowIn, onFixtures } from '../on-fixtures.ts';
import { addParamOptions, readDuration } from '../options.ts';
import { addReportOptions, formatReport, type ReportOptions, writeReports } from '../reports.ts';
import { createScratchFolder } from '../scratch.ts';
import { showError } from '../show-error.ts';
import { type SignalWatch, watchSignals } from '../signals.ts';

interface DrillOptions extends ParamOptions, ReportOptions {
  readonly all?: boolean;
  readonly seed?: string;
  readonly budget?: string;
}

const defaultBudget = '10m';
const widthOfKeptText = 80;

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[RUNBOOK]', 'a name, or a path');
  addParamOptions(command)
    .option('--all', 'drill every runbook of the project')
    .option('--seed <N>', 'the instants of an earlier drill again; else chosen anew, and printed')
    .option(
      '--budget <DURATION>',
      'begin no fault after this time; what was not reached is said',
      defaultBudget,
    );
  addReportOptions(command);
  handle<DrillOptions>(command, async (context, [word], options) => {
    const format = context.format(['text', 'json', 'markdown', 'junit', 'sarif']);
    const seed = readSeed(options.seed);
    const budgetMs = readDuration('--budget', options.budget ?? defaultBudget);
    const paths = await wordsOf(context, word, options);
    using signals = watchSignals(() => context.say('the processes of the drill are being ended'));
    const reports: DrillReport[] = [];
    const failures: (Failure | FindingsFailure)[] = [];
    const deadlineMs = performance.now() + budgetMs;
    const notReached: string[] = [];
    for (const path of paths) {
      if (signals.interrupt.aborted || (reports.length > 0 && performance.now() > deadlineMs)) {
        notReached.push(relative(context.cwd, path));
        continue;
      }
      try {
        reports.push(await drillOne(context, path, options, { seed, budgetMs, deadlineMs, signals }));
      } catch (error) {
        // One runbook that cannot be drilled does not hide the others.
        const isKnown = error instanceof Failure || error instanceof FindingsFailure;
        if (!isKnown || options.all !== true) throw error;
        failures.push(error);
        context.say(`\`${path}\` cannot be drilled:`);
        await showError(error, context.screen, { ...context.globals, output: 'text' });
        continue;
      }
      const report = reports.at(-1);
      if (report !== undefined) show(context, format, report);
    }
    if (notReached.length > 0) context.say(`NOT REACHED: ${notReached.join(', ')}`);
    const findings = [...reports.flatMap(drillFindings), ...failures.flatMap(findingsOf)];
    const reported = { command: 'drill', findings, suites: reports.map(drillSuite) };
    if (format === 'json')
      context.printJson(options.all === true ? { drills: reports, notReached } : (reports[0] ?? {}));
    if (format === 'junit' || format === 'sarif')
      context.print(await formatReport(context, format, reported));
    await writeReports(context, options, reported);
    if (signals.interrupt.aborted) return exitOf(signals.interrupt.reason as Interruption);
    const [failure] = failures;
    return failure?.exit ?? (findings.length > 0 ? exitCodes.found : exitCodes.done);
  });
};

async function drillOne(
  context: Context,
  word: string,
  options: DrillOptions,
  run: Pick<DrillRequest, 'seed' | 'budgetMs' | 'deadlineMs'> & { readonly signals: SignalWatch },
): Promise<DrillReport> {
  const now = nowIn(context, environmentOf(await context.project(), options.env));
  const words: DrillWords = {
    word,
    options: {
      ...(options.param === undefined ? {} : { param: options.param }),
      ...(options.paramsFile === undefined ? {} : { paramsFile: options.paramsFile }),
      ...(options.env === undefined ? {} : { env: options.env }),
    },
    globals: context.globals,
    now: now.toISOString(),
  };
  const { resolved: decided } = await decideDrill(words, context);
  const [{ drill }, { sqliteDriver }] = await Promise.all([
    import('../../drill/index.ts'),
    import('../../target/sqlite/index.ts'),
  ]);
  using scratch = createScratchFolder();
  const { resolved, asDeclared } = await onFixtures(decided, scratch.path);
  const report = await drill({
    resolved,
    driver: sqliteDriver,
    clock: context.clock,
    now,
    seed: run.seed,
    budgetMs: run.budgetMs,
    deadlineMs: run.deadlineMs,
    scratchFolder: scratch.path,
    engine: { entry: engineEntry(), decide: words, env: engineEnv(context, scratch.path) },
    interrupt: run.signals.interrupt,
    onProgress: ({ kind, injected, holes }) => {
      if (injected === 0) return;
      const found = holes === 0 ? 'no hole' : `${holes} with a hole`;
      context.say(`${resolved.runbook.name}: ${titleOf(kind)} in ${formatCount(injected, 'step')}, ${found}`);
    },
  });
  const { folder } = resolved.project;
  return replaceTexts(asDeclared(report), [[`${folder}/`, '']]);
}

/** What a killed process leaves in the folder for temporary files goes with the copies. */
function engineEnv({ env }: Context, folder: string): NodeJS.ProcessEnv {
  return { ...env, TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
}

/** From source the module itself, from a bundle the entry that is built for it; both lie beside this code. */
function engineEntry(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? '../drill-engine.ts' : './drill-engine.js', here));
}

async function wordsOf(
  context: Context,
  word: string | undefined,
  { all }: DrillOptions,
): Promise<readonly string[]> {
  if (all === true && word !== undefined)
    throw new Failure('usage/conflicting-options', '`--all` does not go with a runbook');
  if (word !== undefined) return [word];
  if (all !== true)
    throw new Failure('usage/missing-argument', 'name the runbook to drill', {
      fix: '`belay list` shows the runbooks; `belay drill --all` drills every one',
    });
  const { listRunbooks } = await import('../../project/index.ts');
  return listRunbooks(await context.project())
    .filter(({ isBundled }) => !isBundled)
    .map(({ path }) => path);
}

function show(context: Context, format: string, report: DrillReport): void {
  if (format === 'markdown') context.print(renderDrillMarkdown(report));
  if (format !== 'text' || (context.globals.isQuiet && drillFindings(report).length === 0)) return;
  const { width, hasColor } = context.resultScreen;
  context.print(renderDrill(report, { width: Number.isFinite(width) ? width : widthOfKeptText, hasColor }));
}

function findingsOf(failure: Failure | FindingsFailure): readonly Finding[] {
  return failure instanceof Failure ? [failure.toFinding()] : failure.findings;
}

function exitOf({ signal }: Interruption): ExitCode {
  return signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
}

function readSeed(text: string | undefined): number {
  if (text === undefined) return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new Failure('usage/invalid-value', `\`--seed ${text}\`: expected a whole number below 2^32`);
}

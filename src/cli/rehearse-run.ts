// `belay run --rehearse`: a decided run on scratch copies, and its report on the screen. No state folder is made.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatDuration, version } from '../base/index.ts';
import { escapeLine, Failure } from '../diagnostic/index.ts';
import type { RehearsalReport } from '../drill/index.ts';
import type { RunEvent } from '../journal/index.ts';
import type { Plan, ResolvedRun } from '../plan/index.ts';
import { renderRehearsal, renderRehearsalMarkdown } from '../render/index.ts';
import type { Context } from './context.ts';
import { onFixtures } from './on-fixtures.ts';
import { createScratchFolder } from './scratch.ts';
import { watchSignals } from './signals.ts';

export interface RehearseOptions {
  readonly now: Date;
  /** Made earlier; refused when stale. */
  readonly planned: Plan | undefined;
  /** File for the report as JSON. */
  readonly result: string | undefined;
}

/** The copies are nobody else's. */
const lockWaitMs = 1000;

export async function rehearseRun(
  context: Context,
  decided: ResolvedRun,
  options: RehearseOptions,
): Promise<number> {
  const output = context.format(['text', 'json', 'markdown']);
  const [{ rehearse }, { rollBack }, { sqliteDriver }] = await Promise.all([
    import('../drill/index.ts'),
    import('../recovery/index.ts'),
    import('../target/sqlite/index.ts'),
  ]);
  using scratch = createScratchFolder();
  const fixtures = await onFixtures(decided, scratch.path);
  using signals = watchSignals((signal) => context.say(`${signal}: the present step is being stopped`));
  const { report: onCopies } = await rehearse({
    resolved: fixtures.resolved,
    ...(options.planned === undefined ? {} : { planned: options.planned }),
    scratchFolder: scratch.path,
    driver: sqliteDriver,
    rollBack,
    clock: context.clock,
    now: options.now,
    lockWaitMs,
    interrupt: signals.interrupt,
    env: context.env,
    command: ['belay', ...process.argv.slice(2)],
    workingFolder: context.cwd,
    version,
    onEvent: (_, event) => sayStep(context, event),
  });
  const report = fixtures.asDeclared(onCopies);
  if (output === 'json') context.printJson(report);
  else context.print(output === 'markdown' ? renderRehearsalMarkdown(report) : renderRehearsal(report));
  if (options.result !== undefined) writeReport(report, options.result, context);
  return report.exitCode;
}

/** A long rehearsal says where it is. */
function sayStep(context: Context, event: RunEvent): void {
  if (event.type === 'step-finished')
    context.say(`rehearsed ${escapeLine(event.step)}: ${event.state}, ${formatDuration(event.durationMs)}`);
}

function writeReport(report: RehearsalReport, file: string, context: Context): void {
  try {
    writeFileSync(resolve(context.cwd, file), `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new Failure('usage/unwritable-file', `the report cannot be written to \`${file}\``, {
      state: 'it was a rehearsal: the targets are as before',
      fix: 'name a file in a folder that you may write',
      cause,
    });
  }
}

// `belay status`: where every target stands. Reads only, and never makes a state folder.

import { resolve } from 'node:path';
import type { BackupEntry } from '../../backup/index.ts';
import { formatDuration, shownPath, wrap } from '../../base/index.ts';
import { escapeLine, exitCodes } from '../../diagnostic/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { Project } from '../../project/index.ts';
import { createStyle } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';
import { type AskedTarget, type TargetStatus, targetStatus } from '../target-status.ts';
import { runRowToJson, stateWords } from '../view-json.ts';
import { waysOn } from '../ways-on.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('[DATABASE]', 'a target of the catalogue, or a file; else all that the project knows')
    .option('--check', 'exit 12 when something needs a person');
  handle<{ check?: boolean }>(command, async (context, [database], { check }) => {
    const format = context.format(['text', 'json']);
    const project = await context.project();
    using journal = await context.journalForReading();
    const now = context.clock.now();
    const targets: TargetStatus[] = [];
    for (const asked of askedTargets(database, project, journal, context.cwd))
      targets.push(await targetStatus(asked, project, journal, now));
    const hasProblems = targets.some(({ problems }) => problems.length > 0);
    if (format === 'json') context.printJson({ targets: targets.map(toJson) });
    else if (!context.globals.isQuiet || (check === true && hasProblems)) printText(targets, now, context);
    return check === true && hasProblems ? exitCodes.found : exitCodes.done;
  });
};

function askedTargets(
  database: string | undefined,
  project: Project,
  journal: Journal,
  cwd: string,
): AskedTarget[] {
  const catalogue = Object.values(project.targets).map(({ name, path }) => ({
    name,
    path,
    catalogueName: name,
  }));
  if (database !== undefined) {
    const path = resolve(cwd, database);
    return [
      catalogue.find((target) => target.name === database || target.path === path) ?? {
        name: database,
        path,
      },
    ];
  }
  const known = new Map(catalogue.map((target): [string, AskedTarget] => [target.path, target]));
  for (const { targets } of journal.runs())
    for (const { realPath } of targets)
      if (!known.has(realPath)) known.set(realPath, { name: shownPath(cwd, realPath), path: realPath });
  return [...known.values()];
}

function printText(targets: readonly TargetStatus[], now: Date, context: Context): void {
  if (targets.length === 0) {
    context.say('no target has been worked on here; `belay targets` lists the catalogue');
    return;
  }
  const style = createStyle(context.resultScreen.hasColor);
  for (const [i, target] of targets.entries()) {
    const fact = (label: string, text: string, paint = style.dim) => {
      // A command that is broken over two lines cannot be copied.
      const lines = label === 'next' ? [text] : wrap(text, Math.max(24, context.resultScreen.width - 12));
      for (const [i, line] of lines.entries())
        context.print(`  ${paint((i === 0 ? label : '').padEnd(10))}${escapeLine(line)}`);
    };
    if (i > 0) context.print('\n');
    context.print(
      `${style.strong(escapeLine(target.name))}${target.name === target.path ? '' : style.dim(`  ${escapeLine(target.path)}`)}`,
    );
    fact('last run', lastRunWords(target, now));
    fact('lease', leaseWords(target));
    fact('backup', backupWords(target));
    if (target.ownCopy !== undefined)
      fact('', `${target.backup === undefined ? 'but' : 'newer:'} ${copyWords(target.ownCopy, now)}`);
    for (const { id, createdAt } of target.undated)
      fact('', `${id} is dated in the future, ${createdAt}: how old it is cannot be told`);
    for (const problem of target.problems) fact('problem', problem, style.bad);
    for (const view of target.openRuns)
      for (const command of [`belay runs show ${view.id}`, ...waysOn(view)]) fact('next', command);
  }
}

function lastRunWords({ lastRun }: TargetStatus, now: Date): string {
  if (lastRun === undefined) return 'none in this project';
  const ms = now.getTime() - Date.parse(lastRun.startedAt);
  const when = ms < 0 ? `dated in the future, ${lastRun.startedAt}` : `${formatDuration(ms)} ago`;
  const exit = lastRun.exitCode === undefined ? '' : ` (exit ${lastRun.exitCode})`;
  return `${lastRun.runbook} ${stateWords(lastRun)}${exit} ${when}, ${lastRun.id}`;
}

function leaseWords({ lease }: TargetStatus): string {
  if (lease.state === 'free') return 'free';
  const { runId, operator, host, pid, stateFolder } = lease.row;
  const who = `${runId} of ${operator} (pid ${pid} on ${host}, state ${stateFolder})`;
  return lease.state === 'held' ? `held by ${who}` : `left by ${who}`;
}

function backupWords({ backup, backupAgeMs, undated }: TargetStatus): string {
  if (backup === undefined || backupAgeMs === undefined)
    return undated.length === 0 ? 'no verified backup' : 'no verified backup whose age is known';
  return `${backup.id}, ${formatDuration(backupAgeMs)} old, verified: ${backup.verified}`;
}

/** No backup of somebody's plan, and yet a state to go back to. */
function copyWords({ id, createdAt, run }: BackupEntry, now: Date): string {
  const age = formatDuration(Math.max(0, now.getTime() - Date.parse(createdAt)));
  return `${id}, ${age} old, the copy from before ${run ?? 'a run'} changed something`;
}

function toJson(target: TargetStatus): object {
  return {
    name: target.name,
    path: target.path,
    isThere: target.isThere,
    lease: target.lease,
    lastRun: target.lastRun === undefined ? null : runRowToJson(target.lastRun),
    openRuns: target.openRuns.map(runRowToJson),
    backup: target.backup ?? null,
    backupAgeMs: target.backupAgeMs ?? null,
    ownCopy: target.ownCopy ?? null,
    undatedBackups: target.undated,
    problems: target.problems,
  };
}

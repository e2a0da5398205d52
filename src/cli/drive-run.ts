// Runs a decided run on the screen: engine, renderer, signals, result file. Every command that writes to a target or
// a store comes through here.

import { writeFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { version, wrapIndented } from '../base/index.ts';
import { escapeLine, exitCodes, Failure } from '../diagnostic/index.ts';
import type { Continuation } from '../engine/index.ts';
import type { RunEvent, RunView } from '../journal/index.ts';
import type { Plan, ResolvedRun } from '../plan/index.ts';
import { createRunRenderer } from '../render/index.ts';
import type { Context } from './context.ts';
import { type GateAnswers, gateKeeperOf, optionsThatAnswer } from './gate-answers.ts';
import { meetInterruptedRuns } from './interrupted-runs.ts';
import { lintForPolicy } from './lint-for-policy.ts';
import { watchSignals } from './signals.ts';
import { runToJson } from './view-json.ts';

export interface DriveOptions {
  readonly now: Date;
  readonly planned?: Plan;
  readonly lockWaitMs?: number;
  /** Where the outcome goes as JSON. */
  readonly resultFile?: string;
  /** What the command line says to the gates. */
  readonly answers?: GateAnswers;
  /** As typed: options that answer for a person. */
  readonly answersGiven?: readonly string[];
  readonly isFreeOfPolicy?: boolean;
  /** Going on with an earlier run, or putting it back. */
  readonly continues?: Continuation;
  /** `--lost-host`. */
  readonly lostHost?: string;
}

const defaultLockWaitMs = 10_000;

export async function driveRun(
  context: Context,
  resolved: ResolvedRun,
  options: DriveOptions,
): Promise<{ readonly exitCode: number; readonly view: RunView }> {
  const { runbook, project } = resolved;
  const output = context.format(['text', 'json']);
  const [{ runPlan }, { rollBack }, { sqliteDriver }] = await Promise.all([
    import('../engine/index.ts'),
    import('../recovery/index.ts'),
    import('../target/sqlite/index.ts'),
  ]);
  using journal = await context.journalForWriting();
  await meetInterruptedRuns(context, journal);
  const renderer = await createRunRenderer({
    screen: context.screen,
    output,
    isQuiet: context.globals.isQuiet,
    isVerbose: context.globals.isVerbose,
    stepCount: runbook.preconditions.length + runbook.steps.length + runbook.always.length,
    links: runbook.links,
  });
  const going = createGoingOn();
  using signals = watchSignals((signal, sinceFirstMs) => {
    const left = going.rollbackToLeave();
    if (left !== undefined && sinceFirstMs >= doubledMs) leaveRollback(signal, left, context);
    const words = left === undefined ? going.words() : `run ${left} is being rolled back`;
    context.screen.stderr.write(`${signal}: ${words}; ending it now would leave the data unproven\n`);
  });
  const outcome = await runPlan({
    resolved,
    ...(options.planned === undefined ? {} : { planned: options.planned }),
    journal,
    driver: sqliteDriver,
    rollBack,
    ...(options.continues === undefined ? {} : { continues: options.continues }),
    ...(options.lostHost === undefined ? {} : { lostHost: options.lostHost }),
    answers: [...(options.answersGiven ?? []), ...optionsThatAnswer(options.answers ?? {})],
    lint: lintForPolicy(context, resolved),
    ...(options.isFreeOfPolicy === undefined ? {} : { isFreeOfPolicy: options.isFreeOfPolicy }),
    gates: gateKeeperOf(context, runbook, options.answers ?? {}, signals),
    clock: context.clock,
    now: options.now,
    lockWaitMs: options.lockWaitMs ?? project.defaults.lockWaitMs ?? defaultLockWaitMs,
    interrupt: signals.interrupt,
    hangup: signals.hangup,
    env: context.env,
    command: ['belay', ...process.argv.slice(2)],
    workingFolder: context.cwd,
    version,
    onEvent: (runId, event, at) => {
      going.note(runId, event);
      renderer.event(runId, event, at);
    },
  }).catch(async (error: unknown) => {
    await renderer.close(undefined);
    throw error;
  });
  const { exitCode, view, preview } = outcome;
  await renderer.close(preview === undefined ? view : undefined);
  if (preview !== undefined) {
    if (output === 'json')
      context.printJson({ id: view.id, targets: preview.targets, lines: preview.lines ?? [] });
    else {
      // Into a pipe a line stays one.
      const width = process.stdout.isTTY ? context.screen.width : Number.POSITIVE_INFINITY;
      const lines = [...(preview.lines ?? []), preview.dataState].map(escapeLine);
      for (const line of lines.flatMap((each) => wrapIndented(each, width))) context.print(line);
    }
  }
  if (options.resultFile !== undefined) writeResult(view, options.resultFile, context);
  // On a terminal they are in the picture's summary.
  const isShown = context.screen.isInteractive && process.stdout.isTTY && !context.globals.isVerbose;
  if (output === 'text' && !isShown) printOutputs(view, context);
  return { exitCode, view };
}

/** Two Ctrl-C at once are one that was meant. */
const doubledMs = 1500;

/**
 * Ends the process in the middle of a rollback, as a crash would: every effect of a rollback is announced before it happens
 * and can be done twice, so `belay rollback` goes on from there. The child and its transaction end with the process.
 */
function leaveRollback(signal: string, runId: string, { screen }: Context): never {
  const showCursor = screen.isInteractive ? '\u001b[?25h' : '';
  const lines = [
    `${signal}: the rollback of run ${runId} is left unfinished`,
    'data      each target is as the run left it, or as it was before; no backup is lost',
    `next      belay rollback ${runId}`,
  ];
  // What draws the picture would keep it to itself.
  writeSync(2, `${showCursor}\n${lines.join('\n')}\n`);
  process.exit(exitCodes.needsPerson);
}

interface GoingOn {
  note(runId: string, event: RunEvent): void;
  /** What a second Ctrl-C is told. */
  words(): string;
  /** The run whose rollback is at work. */
  rollbackToLeave(): string | undefined;
}

function createGoingOn(): GoingOn {
  let run = '';
  let step: string | undefined;
  let isRollingBack = false;
  return {
    rollbackToLeave: () => (isRollingBack ? run : undefined),
    note(runId, event) {
      run = runId;
      if (event.type === 'rollback-started') isRollingBack = true;
      if (event.type === 'attempt-started' || event.type === 'run-finished') isRollingBack = false;
      if (event.type === 'attempt-started') step = event.step;
      if (event.type === 'step-finished' && event.step === step) step = undefined;
    },
    words: () =>
      step === undefined
        ? `${run} is recording its end`
        : `${run} waits for step \`${escapeLine(step)}\` to stop`,
  };
}

function writeResult(view: RunView, file: string, context: Context): void {
  try {
    writeFileSync(resolve(context.cwd, file), `${JSON.stringify(runToJson(view), null, 2)}\n`);
  } catch (cause) {
    throw new Failure('usage/unwritable-file', `the result cannot be written to \`${file}\``, {
      state: `${view.id} has ended: ${view.state}, exit ${view.exitCode ?? 'unknown'}`,
      fix: `belay runs show ${view.id} --output json`,
      cause,
    });
  }
}

/** The outputs that a runbook declares are its result. */
function printOutputs(view: RunView, context: Context): void {
  for (const [name, value] of Object.entries(view.outputs ?? {}))
    context.print(escapeLine(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`));
}

// Belay as a library: load, validate, plan, run. What the command line does, without a screen and without ending the
// process. Errors are `Failure` and `FindingsFailure`; callers branch on their codes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listBackups, targetGroups } from './backup/index.ts';
import { type Clock, systemClock, version } from './base/index.ts';
import { codes, exitCodes, Failure, type Finding, FindingsFailure, hasErrors } from './diagnostic/index.ts';
import { type Interruption, type RunOutcome, runPlan } from './engine/index.ts';
import type { GateKeeper } from './gate/index.ts';
import { neededBackups, openJournal, type RunEvent } from './journal/index.ts';
import {
  createPlan,
  decideEnvironment,
  type Plan,
  type PolicyCall,
  type ResolvedRun,
  resolveRun,
} from './plan/index.ts';
import { findRunbook, loadProject, type Project } from './project/index.ts';
import { rollBack } from './recovery/index.ts';
import { loadRunbook, type Runbook, resolveParams } from './runbook/index.ts';
import { openLocalStore } from './store/index.ts';
import { sqliteDriver } from './target/sqlite/index.ts';

export type { Clock } from './base/index.ts';
export { Failure, type Finding, FindingsFailure, type Place } from './diagnostic/index.ts';
export type { RunOutcome } from './engine/index.ts';
export type { GateAnswer, GateKeeper, GateQuestion } from './gate/index.ts';
export type { RunEvent, RunView, StepView } from './journal/index.ts';
export type { Plan, PlannedStep, PlannedTarget } from './plan/index.ts';
export type { Project } from './project/index.ts';
export type { Runbook } from './runbook/index.ts';
export { version };

export interface LoadOptions {
  /** What relative paths of the caller mean. Default: the working folder of the process. */
  readonly cwd?: string;
  /** Default: `state:` of belay.yaml, else `.belay`. */
  readonly stateFolder?: string;
  /** Default: the nearest belay.yaml, if there is one. */
  readonly projectFile?: string;
}

/** A runbook that compiled, with the project it belongs to. */
export interface LoadedRunbook {
  readonly runbook: Runbook;
  readonly project: Project;
  readonly cwd: string;
  /** Warnings; errors are thrown. */
  readonly findings: readonly Finding[];
}

/**
 * Loads a runbook by name or path. Reads files, opens no database.
 *
 * Fails with `project/no-such-runbook`, or with a `FindingsFailure` that holds everything wrong with the file.
 */
export function load(nameOrPath: string, options: LoadOptions = {}): LoadedRunbook {
  const cwd = options.cwd ?? process.cwd();
  const project = projectOf(options, cwd);
  const path = findRunbook(project, nameOrPath, cwd);
  const folder = project.file === undefined ? dirname(path) : project.folder;
  const { runbook, findings } = loadRunbook(path, { projectFolder: folder, shownAs: relative(cwd, path) });
  if (runbook === undefined) throw new FindingsFailure(findings, exitCodes.invalid);
  return { runbook, project: { ...project, folder }, cwd, findings };
}

/** Everything that is wrong with a runbook, as data; empty when it is sound. Fails only when it cannot be found. */
export function validate(nameOrPath: string, options: LoadOptions = {}): readonly Finding[] {
  try {
    return load(nameOrPath, options).findings;
  } catch (error) {
    if (error instanceof FindingsFailure) return error.findings;
    throw error;
  }
}

export interface DecideOptions {
  /** JSON values by name; durations, sizes and timestamps as texts such as `90d`. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Of belay.yaml. */
  readonly environment?: string;
  readonly clock?: Clock;
}

/** What `run` would do, step by step. Reads the targets, writes nothing. */
export async function plan(loaded: LoadedRunbook, options: DecideOptions = {}): Promise<Plan> {
  const clock = options.clock ?? systemClock;
  const now = clock.now();
  const resolved = decide(loaded, options, now);
  const scratchFolder = mkdtempSync(join(tmpdir(), 'belay-'));
  try {
    return await createPlan({
      resolved,
      driver: sqliteDriver,
      clock,
      now,
      scratchFolder,
      mayProbeExternal: false,
      policy: { isPlanned: true, answers: [], lint: lintOf(resolved, loaded.cwd) },
      neededBackups: async () => {
        using journal = openJournal(resolved.project.stateFolder, { clock, readOnly: true });
        return neededBackups(journal);
      },
      listBackups: async (target, name) => {
        const { stores } = resolved.project;
        const place = name === undefined ? target.store : (stores[name] ?? target.store);
        const found = await listBackups(openLocalStore(place.name, place.path), await targetGroups(target));
        return found.map(({ entry }) => entry);
      },
    });
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

export interface RunOptions extends DecideOptions {
  /** A plan made earlier: the run is refused with `plan/stale` when it would be another one. */
  readonly plan?: Plan;
  /** Every event, in order, after it is durable; must not throw and must not wait. */
  readonly onEvent?: (runId: string, event: RunEvent, at: string) => void;
  /** Aborting stops the step at work at once and ends the run, recorded as SIGINT would be. */
  readonly signal?: AbortSignal;
  /** Answers `confirm`. Default: nobody does, and a run with such a gate ahead is refused with `gate/nobody-to-ask`. */
  readonly gates?: GateKeeper;
  /** How long to wait for a target that another run holds. Default: 10 seconds. */
  readonly lockWaitMs?: number;
}

const defaultLockWaitMs = 10_000;

/**
 * Runs a runbook: lease, preconditions, steps, record; puts back what failed. Resolves also when the run fails: `outcome.exitCode` and
 * `outcome.view` say how it ended and what state the data is in.
 *
 * Fails before anything is recorded with `run/bad-secret`, `policy/…`, or the findings of the params.
 */
export async function run(loaded: LoadedRunbook, options: RunOptions = {}): Promise<RunOutcome> {
  const clock = options.clock ?? systemClock;
  const now = clock.now();
  const resolved = decide(loaded, options, now);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort({ signal: 'SIGINT' } satisfies Interruption);
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  using journal = openJournal(resolved.project.stateFolder, { clock });
  try {
    return await runPlan({
      resolved,
      ...(options.plan === undefined ? {} : { planned: options.plan }),
      journal,
      ...(options.gates === undefined ? {} : { gates: options.gates }),
      driver: sqliteDriver,
      rollBack,
      clock,
      now,
      lint: lintOf(resolved, loaded.cwd),
      lockWaitMs: options.lockWaitMs ?? resolved.project.defaults.lockWaitMs ?? defaultLockWaitMs,
      interrupt: interrupt.signal,
      env: process.env,
      command: ['library'],
      workingFolder: loaded.cwd,
      version,
      onEvent: options.onEvent ?? (() => undefined),
    });
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

/** For a policy that wants the runbook to pass a profile. */
function lintOf({ runbook, project }: ResolvedRun, cwd: string): NonNullable<PolicyCall['lint']> {
  return async (profile) => {
    const { lintRunbook } = await import('./review/lint/index.ts');
    return (await lintRunbook(runbook, { profile, project, shownFrom: cwd })).findings;
  };
}

function projectOf(options: LoadOptions, cwd: string): Project {
  const { project, findings } = loadProject({
    cwd,
    env: process.env,
    ...(options.stateFolder === undefined ? {} : { stateFolder: options.stateFolder }),
    ...(options.projectFile === undefined ? {} : { projectFile: options.projectFile }),
  });
  if (project === undefined || hasErrors(findings)) throw new FindingsFailure(findings, exitCodes.invalid);
  return project;
}

function decide({ runbook, project, cwd }: LoadedRunbook, options: DecideOptions, now: Date): ResolvedRun {
  const flags = Object.entries(options.params ?? {}).map(([name, value]) => ({ name, value, isJson: true }));
  const { environment, params } = decideEnvironment({
    runbook,
    project,
    now,
    ...(options.environment === undefined ? {} : { asked: options.environment }),
    paramsIn(name) {
      const known = name === undefined ? undefined : project.environments[name];
      if (name !== undefined && known === undefined)
        throw new Failure('usage/unknown-environment', `belay.yaml has no environment \`${name}\``);
      const ofEnvironment = known === undefined ? {} : { environment: ownParams(runbook, known.params) };
      return resolveParams(
        runbook,
        { flags, ...ofEnvironment },
        { cwd, projectFolder: runbook.projectFolder },
      );
    },
  });
  const [first] = params.findings.filter(({ level }) => level === 'error');
  if (first !== undefined) throw new FindingsFailure(params.findings, codes[first.code].exit);
  return resolveRun({
    runbook,
    project,
    params: params.values,
    namedPaths: params.namedPaths,
    ...(environment === undefined ? {} : { environment }),
    now,
  });
}

/** An environment serves many runbooks: each takes the params that it declares. */
function ownParams(
  runbook: Runbook,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const known = new Set(runbook.params.map(({ name }) => name));
  return Object.fromEntries(Object.entries(params).filter(([name]) => known.has(name)));
}

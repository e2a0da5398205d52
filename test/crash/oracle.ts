// Brings a disturbed run to its end as an operator would, and judges: before or after, never between; not stuck; exit codes
// that say what is so.

import type { RunView } from '../../src/journal/index.ts';
import { arm, type Fault } from './shim.ts';
import type { World } from './world.ts';

export interface Verdict {
  /** How it ended, for the counts. */
  readonly outcome: string;
  readonly violations: readonly string[];
  readonly kills: number;
  readonly trail: readonly string[];
}

export type Random = (below: number) => number;

export interface SettleOptions {
  readonly random: Random;
  /** Exit of the disturbed command; null when it was killed. */
  readonly exitCode: number | null;
  readonly text: string;
  /** How often `resume` and `rollback` may be killed as well. */
  readonly compound: number;
  /** What is tried first; absent: either. */
  readonly first?: 'resume' | 'rollback';
  readonly withNextRun: boolean;
}

const kills: readonly Fault[] = ['kill', 'kill-both', 'kill-other', 'tear'];

export async function settle(world: World, options: SettleOptions): Promise<Verdict> {
  const violations: string[] = [];
  const trail = [`run: ${options.exitCode ?? 'killed'}`];
  const { random } = options;
  let killed = 0;
  let last = options.exitCode;
  let mustRollBack = false;

  const calm = await world.quiet();
  if (calm !== undefined) violations.push(calm);
  const said = judgeExit(world, options.exitCode, options.text);
  if (said !== undefined) violations.push(said);
  if (isDefect(options.text)) violations.push(`run shows a defect: ${options.text.slice(-900)}`);

  for (let hop = 1; ; hop++) {
    const view = world.lastRun();
    if (view === undefined || isSettled(view)) break;
    if (view.state === 'failed' && view.accepted !== undefined) break;
    if (hop > 8) {
      violations.push(`stuck: the run is ${view.state} after ${hop} commands`);
      break;
    }
    const isKept = view.state === 'failed' && view.exitCode === 9;
    const either = random(2) === 0 ? 'rollback' : 'resume';
    const verb: 'resume' | 'rollback' =
      mustRollBack || isKept || view.state === 'rollback-failed'
        ? 'rollback'
        : ((hop === 1 ? options.first : undefined) ?? either);
    const args = [verb, 'last', ...(verb === 'rollback' ? ['--confirm', 'app.db'] : answersOf(world))];
    const isDisturbed = killed < options.compound && random(2) === 0;
    const fault = kills[random(kills.length)] ?? 'kill';
    const role = random(2) === 0 ? 'engine' : 'child';
    const at = 1 + random(role === 'engine' ? world.calls.engine : Math.max(1, world.calls.child));
    const shim = isDisturbed ? arm({ role, at, fault, below: [world.cli.folder] }) : undefined;
    const result = await world.cli.run(args, { ...(shim === undefined ? {} : { env: shim.env }) });
    const isKilled = shim?.counts().isTriggered === true;
    if (isKilled) killed++;
    const calmed = await world.quiet();
    if (calmed !== undefined) violations.push(`${verb}: ${calmed}`);
    last = result.exitCode;
    const code = /\[([a-z]+\/[a-z-]+)\]/.exec(result.rawStderr)?.[1] ?? '';
    trail.push(
      `${verb}: ${result.exitCode ?? 'killed'}${isKilled ? ` (${role} ${fault} at ${at})` : ''} ${code}`,
    );
    mustRollBack ||= verb === 'resume' && result.exitCode === 7;
    if (isDefect(result.rawStderr))
      violations.push(`${verb} shows a defect: ${result.rawStderr.slice(-900)}`);
    if (isKilled) continue;
    if (verb === 'rollback' && result.exitCode === 9 && view.accepted !== undefined) break;
    if (verb === 'rollback' && result.exitCode !== 0) {
      violations.push(`rollback exits with ${result.exitCode}: ${result.rawStderr.slice(-900)}`);
      break;
    }
    const wrong = judgeExit(world, verb === 'rollback' ? 6 : result.exitCode, result.rawStderr);
    if (wrong !== undefined) violations.push(`${verb}: ${wrong}`);
    const mayEnd = world.family.setsAside ? [0, 6, 7, 9] : [0, 6, 7];
    if (verb === 'resume' && !mayEnd.includes(result.exitCode ?? -1))
      violations.push(`resume exits with ${result.exitCode}: ${result.rawStderr.slice(-900)}`);
  }

  const end = world.lastRun();
  const content = world.content();
  const where = content === world.before ? 'before' : content === world.after ? 'after' : 'MIXED';
  // What was accepted stays, whatever fails then.
  const isAfter = end?.state === 'succeeded' || end?.accepted !== undefined;
  if (content !== (isAfter ? world.after : world.before))
    violations.push(`the run is ${end?.state ?? 'not recorded'} and the content is ${where}`);
  const lease = world.problems();
  const hasLeft = lease.some((each) => each.startsWith('lease'));
  violations.push(...lease.filter((each) => !each.startsWith('lease')));
  if (options.withNextRun || hasLeft) {
    // What was no database before is none now: then the same again is the next.
    const isNone = world.family.setsAside === true && content === world.before;
    const next = await world.cli.run(isNone ? world.family.command(world.cli) : ['run', 'next.yaml']);
    trail.push(`next: ${next.exitCode}`);
    if (next.exitCode !== 0)
      violations.push(`stuck: a next run exits with ${next.exitCode}: ${next.rawStderr.slice(-900)}`);
    violations.push(...world.problems().map((each) => `after the next run: ${each}`));
  }
  return {
    outcome: `${end?.state ?? 'not recorded'} (${last ?? 'killed'})`,
    violations,
    kills: killed,
    trail,
  };
}

/** Every failure of the system has a code of its own; a stack trace is none. */
function isDefect(text: string): boolean {
  return /internal\/defect|journal\/corrupt|\n {4}at .*:\d+:\d+/.test(text);
}

function isSettled({ state, exitCode }: RunView): boolean {
  return (
    state === 'succeeded' ||
    state === 'rolled-back' ||
    state === 'aborted' ||
    (state === 'failed' && exitCode === 6)
  );
}

function answersOf(world: World): readonly string[] {
  const words = world.family.command(world.cli);
  const at = words.indexOf('--confirm');
  return at < 0 ? [] : words.slice(at, at + 2);
}

/** What an exit code promises of the content. */
export function judgeExit(world: World, exitCode: number | null, text: string): string | undefined {
  const content = world.content();
  const where = content === world.before ? 'before' : content === world.after ? 'after' : 'between';
  if (exitCode === 0 || exitCode === 11)
    return content === world.after ? undefined : `exit ${exitCode}, and the content is ${where}`;
  if (exitCode === 1) return `exit 1: ${text.slice(0, 800)}`;
  const promisesBefore =
    exitCode === 4 || exitCode === 5 || exitCode === 6 || exitCode === 130 || exitCode === 143;
  return promisesBefore && content !== world.before
    ? `exit ${exitCode}, and the content is ${where}: ${text.slice(-400)}`
    : undefined;
}

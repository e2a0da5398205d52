// What became of a disturbed run: before, after, as declared, or a hole. Pure: what was seen comes in, a verdict goes out.
// A run is held to what it says itself: who claims that all is as before must be right.

import { exitCodes } from '../../diagnostic/index.ts';
import type { RunView, StoredEvent } from '../../journal/index.ts';
import type { Runbook, Step } from '../../runbook/index.ts';
import type { FaultKind } from './fault.ts';
import type { Verdict } from './report.ts';

export interface Seen {
  readonly kind: FaultKind;
  readonly view: RunView;
  readonly events: readonly StoredEvent[];
  /** What the content of all targets together equals. */
  readonly is: { readonly before: boolean; readonly after: boolean; readonly kept: boolean };
  /** The run ended by itself with exit 7; what `belay rollback` then came to. */
  readonly stopped?: { readonly dataState: string; readonly wasPutBack: boolean };
  /** Processes, leases, writers, a broken journal, a defect. */
  readonly problems: readonly string[];
  /** How the targets differ from after when the run ended as done, else from before, in words. */
  readonly difference: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason?: string;
}

export function judge(seen: Seen, runbook: Runbook): Judgement {
  const { view, is, problems, stopped, kind } = seen;
  if (problems.length > 0) return hole(problems.join('; '));
  const isPlain = kind === 'before' || kind === 'after';
  if (stopped !== undefined && isPlain) return judgeStop(seen, stopped);
  switch (view.state) {
    case 'succeeded':
      return judgeDone(seen);
    case 'failed':
      return view.exitCode === exitCodes.kept ? judgeKept(seen) : judgeBefore(seen, runbook);
    case 'rolled-back':
    case 'aborted':
      return judgeBefore(seen, runbook);
    default:
      if (is.after && hasFinalStep(view))
        return { verdict: 'after', reason: `exit 7: ${view.dataState ?? ''}` };
      return hole(`it stops for a person (exit 7): ${view.dataState ?? view.state}`);
  }
}

/** A failure that nothing outside the runbook helped: a person has to look, at night. */
function judgeStop({ is, view }: Seen, stopped: NonNullable<Seen['stopped']>): Judgement {
  if (is.after && hasFinalStep(view)) return { verdict: 'after', reason: `exit 7: ${stopped.dataState}` };
  const then = stopped.wasPutBack ? '; `belay rollback` then puts the targets back' : '';
  return hole(`it stops for a person (exit 7): ${stopped.dataState}${then}`);
}

function judgeDone({ is, view, difference }: Seen): Judgement {
  if (is.after) return { verdict: 'after' };
  const continued = view.steps.filter((step) => step.isContinued === true).map(({ id }) => `\`${id}\``);
  if (continued.length > 0)
    return {
      verdict: 'kept',
      reason: `it went on without ${continued.join(', ')} (\`onFailure: continue\`)`,
    };
  return hole(
    `it ends as done (exit ${view.exitCode ?? 0}), and the targets are not as after an undisturbed run: ${difference}`,
  );
}

function judgeKept({ is, kind, view, difference }: Seen): Judgement {
  const reason = `exit 9: ${view.dataState ?? 'kept'}`;
  if (is.before) return { verdict: 'before', reason };
  if (is.after) return { verdict: 'after', reason };
  // A step that lost its process half-way may have kept half of what it does, as `abort` says.
  if (is.kept || (kind !== 'before' && kind !== 'after')) return { verdict: 'kept', reason };
  return hole(`it keeps something else than its steps had done: ${difference} (${reason})`);
}

function judgeBefore(seen: Seen, runbook: Runbook): Judgement {
  const { is, view, difference, events } = seen;
  if (!is.before) {
    if (view.accepted !== undefined && is.kept)
      return { verdict: 'kept', reason: `accepted in step \`${view.accepted}\`, and put back to there` };
    return hole(
      `it says that the targets are as before (${view.state}, exit ${view.exitCode ?? 0}), and they are not: ${difference}`,
    );
  }
  // `abort` undoes nothing, outside the targets neither.
  const failed = stepOf(runbook, view.failedStep ?? '');
  if (view.rollback === undefined && failed?.onFailure === 'abort') {
    const left = notUndone(events, runbook);
    if (left.length === 0) return { verdict: 'before' };
    return {
      verdict: 'before',
      reason: `${left.map((id) => `\`${id}\``).join(', ')} stays as it was left (\`onFailure: abort\`)`,
    };
  }
  const missing = notUndone(events, runbook);
  if (missing.length > 0)
    return hole(`nothing took back what ${missing.map((id) => `\`${id}\``).join(', ')} had begun`);
  return { verdict: 'before' };
}

/** Steps with an undo that had begun since the last `accept`, and for which it was never started. */
function notUndone(events: readonly StoredEvent[], runbook: Runbook): string[] {
  const open = new Set<string>();
  for (const { event } of events) {
    if (event.type === 'accepted') open.clear();
    if (event.type === 'attempt-started' && hasUndo(stepOf(runbook, event.step), event.effect))
      open.add(event.step);
    if (event.type === 'undo-announced' && event.step !== undefined) open.delete(event.step);
  }
  return [...open];
}

function stepOf({ steps }: Runbook, stepId: string): Step | undefined {
  const id = stepId.replace(/\[.*$/s, '');
  return steps.find((step) => step.id === id);
}

function hasUndo(step: Step | undefined, effect: string): boolean {
  if (step === undefined || step.rollback?.kind === 'none') return false;
  return step.rollback?.kind === 'action' || effect === 'external';
}

/** A point of no return that the runbook declares: what comes to its end there is not put back, as it says. */
function hasFinalStep({ rollback }: RunView): boolean {
  return (
    rollback?.targets.some(({ how, why }) => how === 'stop' && why.includes('point of no return')) === true
  );
}

function hole(reason: string): Judgement {
  return { verdict: 'hole', reason };
}

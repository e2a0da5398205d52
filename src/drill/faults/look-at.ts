// Looks at what a round has left: compares the content of its targets with before, after and what was kept, and has it
// judged.

import type { ResolvedRun } from '../../plan/index.ts';
import type { Bench, Contents } from './bench.ts';
import { describeDifference, isWithin } from './difference.ts';
import type { Fault } from './fault.ts';
import { judge } from './judge.ts';
import type { DrilledFault } from './report.ts';
import type { Round } from './rounds.ts';
import { sayable } from './sayable.ts';
import { afterName, type Baseline } from './undisturbed.ts';

export async function lookAt(
  fault: Fault,
  round: Round,
  folder: string,
  bench: Bench,
  baseline: Baseline,
  { runbook }: ResolvedRun,
): Promise<DrilledFault> {
  const { view, events, first, problems, trail, durationMs, stoppedAt } = round;
  const base = { step: fault.step, fault: fault.kind, trail: trail.join(' → '), durationMs };
  const isKill = fault.kind === 'kill' || fault.kind === 'resume' || fault.kind === 'rollback';
  if (isKill && first.kind !== 'killed' && problems.length === 0)
    return { ...base, verdict: 'none', reason: 'the run was over before the instant that was chosen' };
  if (fault.kind === 'sql' && first.kind === 'ended' && !first.isStruck)
    return { ...base, verdict: 'none', reason: 'no process was at work on a database' };
  if (view === undefined)
    return { ...base, verdict: 'hole', reason: problems.join('; ') || 'the run left no record' };
  const contents = await bench.contentsOf(folder);
  const before = equal(contents, baseline.before);
  const after = equal(contents, baseline.after) || (await isAfterBut(bench, folder, contents, baseline));
  const kept =
    [...baseline.states.values()].some((state) => equal(contents, state)) || baseline.differs.size > 0;
  const seen = {
    kind: fault.kind,
    view,
    events,
    is: { before, after, kept },
    problems,
    difference: await differenceWords(
      bench,
      folder,
      contents,
      view.state === 'succeeded' ? baseline.after : baseline.before,
      view.state === 'succeeded' ? afterName : 'before',
    ),
    ...(stoppedAt === undefined ? {} : { stopped: { dataState: stoppedAt, wasPutBack: before } }),
  };
  return { ...base, ...sayable(judge(seen, runbook), bench.targetsIn(folder)) };
}

function equal(a: Contents, b: Contents): boolean {
  return Object.keys(a).every((target) => a[target] === b[target]);
}

/** After, but for the tables in which two undisturbed runs differ too. */
async function isAfterBut(
  bench: Bench,
  folder: string,
  contents: Contents,
  { after, differs }: Baseline,
): Promise<boolean> {
  for (const [target, content] of Object.entries(contents)) {
    if (content === after[target]) continue;
    const own = differs.get(target);
    if (own === undefined) return false;
    if (!isWithin(await bench.differenceTo(folder, target, afterName), own)) return false;
  }
  return true;
}

async function differenceWords(
  bench: Bench,
  folder: string,
  contents: Contents,
  expected: Contents,
  name: string,
): Promise<string> {
  const words: string[] = [];
  for (const target of Object.keys(contents))
    if (contents[target] !== expected[target])
      words.push(`\`${target}\`: ${describeDifference(await bench.differenceTo(folder, target, name))}`);
  return words.join('; ');
}

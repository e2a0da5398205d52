// A run that waits for approval, by the word on the command line. Whoever may not read the journal names the whole id:
// the question lies open for everybody, the journal does not.

import { Failure } from '../diagnostic/index.ts';
import { type ApprovalQuestion, gateTime, readQuestion, setBackWords } from '../gate/index.ts';
import type { Context } from './context.ts';
import { readRun, requireSound } from './read-run.ts';
import { shownState } from './view-json.ts';

/** Fails with `gate/not-waiting`, or as the journal fails for an unknown run. */
export async function waitingRun(
  context: Context,
  word: string,
  step: string | undefined,
): Promise<ApprovalQuestion> {
  const { stateFolder } = await context.project();
  const question = readQuestion(stateFolder, word) ?? (await byJournal(context, stateFolder, word));
  if (step !== undefined && step !== question.step)
    throw new Failure(
      'gate/not-waiting',
      `run \`${question.runId}\` waits at step \`${question.step}\`, not at \`${step}\``,
      { state: 'nothing was decided', fix: `belay approve ${question.runId} ${question.step}` },
    );
  const now = context.clock.now();
  const time = gateTime(question, now);
  if (time !== 'left')
    throw new Failure(
      'gate/expired',
      `the time to answer the gate of step \`${question.step}\`, until ${question.expiresAt}, is over${setBackWords(question, now, time)}`,
      { state: 'nothing was decided', fix: `belay resume ${question.runId}` },
    );
  return question;
}

async function byJournal(context: Context, stateFolder: string, word: string): Promise<ApprovalQuestion> {
  using journal = await context.journalForReading();
  const view = requireSound(readRun(journal, word));
  const question = view.state === 'waiting' ? readQuestion(stateFolder, view.id) : undefined;
  if (question !== undefined) return question;
  throw new Failure(
    'gate/not-waiting',
    `run \`${view.id}\` does not wait for an approval: it is ${shownState(view)}`,
    { state: 'nothing was decided', fix: `belay runs show ${view.id}` },
  );
}

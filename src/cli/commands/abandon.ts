// `belay abandon`: gives up a run that nobody will end, so that its targets are free again. Changes no target.

import { exitCodes, Failure } from '../../diagnostic/index.ts';
import { closeInbox } from '../../gate/index.ts';
import { finalRunStates, type Journal, markInterrupted, type RunView } from '../../journal/index.ts';
import { clearLease } from '../../lease/index.ts';
import { isSameProcess, operatorName, thisProcess } from '../../process/index.ts';
import type { CommandModule } from '../command.ts';
import { readRun } from '../read-run.ts';
import { shownState } from '../view-json.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .requiredOption('--reason <TEXT>', 'why; kept in the journal');
  handle<{ reason: string }>(command, async (context, [word = ''], { reason }) => {
    const format = context.format(['text', 'json']);
    const { id } = await readForAbandon(context, word);
    using journal = await context.journalForWriting();
    const view = readRun(journal, id);
    refuseLiving(view);
    // What the dead engine left running is ended first: it could still write.
    await markInterrupted(journal, id, operatorName());
    // Order: recorded first; a crash before the lease is cleared leaves a target that says whose it was.
    if (!finalRunStates.has(view.state))
      journal.append(id, { type: 'run-abandoned', operator: operatorName(), reason });
    closeInbox((await context.project()).stateFolder, id);
    const freed = view.targets.filter(({ realPath }) => clearLease(realPath, id)).map(({ name }) => name);
    if (format === 'json') context.printJson({ id, freed });
    else {
      context.say(`run ${id} is abandoned${freed.length === 0 ? '' : `; free again: ${freed.join(', ')}`}`);
      const backup = view.backups.at(-1);
      if (backup !== undefined) context.say(`the state before it is backup ${backup.id} in ${backup.path}`);
      context.say(`next: belay runs show ${id}`);
    }
    return exitCodes.done;
  });
};

/** Looked up read-only first, so that a mistyped id makes no state folder. */
async function readForAbandon(
  context: { journalForReading(): Promise<Journal> },
  word: string,
): Promise<RunView> {
  using journal = await context.journalForReading();
  const view = readRun(journal, word);
  const state = shownState(view);
  const isEnded = finalRunStates.has(view.state);
  if (isEnded && view.leases.length === 0)
    throw new Failure('run/already-ended', `run \`${view.id}\` has ended: ${state}`, {
      state: 'nothing was changed',
      fix: `belay runs show ${view.id}`,
    });
  return view;
}

/** Its engine lives, or cannot be asked: nobody may take the targets from it. */
function refuseLiving(view: RunView): void {
  if (view.host !== thisProcess().host)
    throw new Failure(
      'run/still-running',
      `run \`${view.id}\` belongs to host \`${view.host}\`, which cannot be asked from here`,
      {
        state: 'nothing was changed',
        fix: `run the command on \`${view.host}\``,
      },
    );
  const isAtWork = view.state === 'running' || view.state === 'rolling-back';
  if (isAtWork && isSameProcess(view.pid, view.processStart))
    throw new Failure('run/still-running', `process ${view.pid} of run \`${view.id}\` is alive`, {
      state: 'nothing was changed',
      fix: `stop it first: \`kill ${view.pid}\`, or wait for the run to end: \`belay runs watch ${view.id}\``,
    });
}

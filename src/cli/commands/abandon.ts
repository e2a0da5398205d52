// `belay abandon`: gives up a run that nobody will end, so that its targets are free again. Changes no target.

import { exitCodes, Failure } from '../../diagnostic/index.ts';
import { closeInbox } from '../../gate/index.ts';
import { finalRunStates, type Journal, markInterrupted, type RunView } from '../../journal/index.ts';
import { clearLease } from '../../lease/index.ts';
import { isOutOfSight, isSameProcess, operatorName, thisProcess } from '../../process/index.ts';
import type { CommandModule } from '../command.ts';
import { isHeld } from '../is-held.ts';
import { readRun } from '../read-run.ts';
import { requireLostHost, stillRunning } from '../still-running.ts';
import { shownState } from '../view-json.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .requiredOption('--reason <TEXT>', 'why; kept in the journal')
    .option('--lost-host <NAME>', 'the host of the run is gone for good, or has another name now');
  handle<{ reason: string; lostHost?: string }>(
    command,
    async (context, [word = ''], { reason, lostHost }) => {
      const format = context.format(['text', 'json']);
      const { id } = await readForAbandon(context, word);
      using journal = await context.journalForWriting();
      const view = readRun(journal, id);
      requireLostHost(view, lostHost);
      refuseLiving(view, lostHost);
      // What the dead engine left running is ended first: it could still write.
      await markInterrupted(journal, id, operatorName(), {
        isHeld,
        ...(lostHost === undefined ? {} : { lostHost }),
      });
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
    },
  );
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
function refuseLiving(view: RunView, lostHost: string | undefined): void {
  const isAway = view.host !== thisProcess().host && view.host !== lostHost;
  const isAtWork = view.state === 'running' || view.state === 'rolling-back';
  const lives = isSameProcess(view.pid, view.processStart) || isHeldUnseen(view);
  if (isAway || (isAtWork && lives)) throw stillRunning(view, 'abandon');
}

/** By a process that cannot be seen from here: what the dead engine left running here is ended, not asked. */
function isHeldUnseen(view: RunView): boolean {
  return (view.host !== thisProcess().host || isOutOfSight(view.processStart)) && isHeld(view);
}

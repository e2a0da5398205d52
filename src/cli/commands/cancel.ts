// `belay cancel`: ends a run that waits for an answer. What it had changed is put back.

import { Failure } from '../../diagnostic/index.ts';
import { automaticChoices } from '../../engine/index.ts';
import { closeInbox } from '../../gate/index.ts';
import type { CommandModule } from '../command.ts';
import { earlierRun } from '../continue-run.ts';
import { driveRun } from '../drive-run.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .option('--lost-host <NAME>', 'the host of the run is gone for good, or has another name now');
  handle<{ lostHost?: string }>(command, async (context, [word = ''], { lostHost }) => {
    const { view, resolved, now } = await earlierRun(context, word, 'cancel', lostHost);
    if (view.state !== 'waiting') {
      throw new Failure('run/not-resumable', `run \`${view.id}\` does not wait: it is ${view.state}`, {
        state: 'nothing was changed',
        fix: view.state === 'interrupted' ? `belay rollback ${view.id}` : `belay runs show ${view.id}`,
      });
    }
    const { exitCode } = await driveRun(context, resolved, {
      now,
      ...(lostHost === undefined ? {} : { lostHost }),
      continues: { kind: 'rollback', view, reason: 'cancelled', choices: automaticChoices },
    });
    // Nobody is asked any more.
    closeInbox(resolved.project.stateFolder, view.id);
    return exitCode;
  });
};

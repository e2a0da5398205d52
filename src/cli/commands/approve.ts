// `belay approve`: gives the approval that a run waits for.

import type { CommandModule } from '../command.ts';
import { type DecideOptions, decideGate } from '../decide-gate.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .argument('[STEP]', 'the step that waits; refused when it is another one')
    .option('--yes', 'do not ask')
    .option('--key <FILE>', 'sign with this SSH key, for approvers listed as `key:`')
    .option('--reason <TEXT>', 'why; kept in the journal');
  handle<DecideOptions>(command, (context, words, options) =>
    decideGate(context, words, 'approved', options),
  );
};

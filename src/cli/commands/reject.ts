// `belay reject`: says no to the approval that a run waits for; one no is enough.

import type { CommandModule } from '../command.ts';
import { type DecideOptions, decideGate } from '../decide-gate.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .argument('[STEP]', 'the step that waits; refused when it is another one')
    .requiredOption('--reason <TEXT>', 'why; kept in the journal')
    .option('--yes', 'do not ask')
    .option('--key <FILE>', 'sign with this SSH key, for approvers listed as `key:`');
  handle<DecideOptions>(command, (context, words, options) =>
    decideGate(context, words, 'rejected', options),
  );
};

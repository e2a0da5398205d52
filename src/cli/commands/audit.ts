// `belay audit`: computes the chain of the journal anew, and compares it with a head that was kept elsewhere.

import { formatCount } from '../../base/index.ts';
import { exitCodes } from '../../diagnostic/index.ts';
import type { CommandModule } from '../command.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.option('--head <HASH>', 'a head printed earlier and kept elsewhere; it must be on the chain');
  handle<{ head?: string }>(command, async (context, _words, { head }) => {
    const format = context.format(['text', 'json']);
    using journal = await context.journalForReading();
    const result = journal.audit(head);
    if (format === 'json') context.printJson(result);
    else if (result.ok) context.print(`ok: ${formatCount(result.events, 'event')}, head ${result.head}`);
    else context.print(`the journal does not hold: ${result.problem ?? 'the chain is broken'}`);
    return result.ok ? exitCodes.done : exitCodes.found;
  });
};

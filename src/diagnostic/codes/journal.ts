import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const journalCodes = defineCodes({
  'journal/ambiguous-run': {
    exit: exitCodes.usage,
    title: 'the text fits more than one run',
    help: 'A run may be named by its whole id, the start or the end of it, or `last`. Give more of the id; `belay runs` lists them.',
  },
  'journal/busy': {
    exit: exitCodes.refused,
    title: 'another process kept the journal locked',
    help: 'Several runs may write to one journal at once, each for milliseconds. Something held it for seconds: a process that was stopped in the middle, or a tool that opened `journal.db`.',
  },
  'journal/corrupt': {
    exit: exitCodes.needsPerson,
    title: 'the journal does not say what a journal can say',
    help: 'An event is damaged, missing or impossible after the one before it. `belay audit` names the first place. Keep a copy of the state folder before anything else.',
  },
  'journal/gone': {
    exit: exitCodes.needsPerson,
    title: 'the journal was taken away while it was in use',
    help: 'Somebody removed, renamed or replaced the state folder or `journal.db` under a run. Belay does nothing that it cannot record, so it stopped where it was. Put the folder back, then `belay runs show RUN`; where it is lost, look at the database yourself.',
  },
  'journal/newer-format': {
    exit: exitCodes.refused,
    title: 'the journal was written by a newer version of Belay',
    help: 'This version does not know that format and leaves the file as it is. Use the newer version, or another state folder.',
  },
  'journal/not-a-journal': {
    exit: exitCodes.refused,
    title: 'the file in the place of the journal is something else',
    help: 'Belay keeps its journal in `journal.db` in the state folder and never writes into the file of another program. Choose another state folder with `--state`.',
  },
  'journal/process-survives': {
    exit: exitCodes.needsPerson,
    title: 'a process of an interrupted run cannot be ended',
    help: 'It belongs to another user, or hangs in the kernel. As long as it lives it may change the target, so nothing else is done about that run.',
  },
  'journal/unknown-run': {
    exit: exitCodes.usage,
    title: 'the journal has no such run',
    help: '`belay runs` lists the runs of this state folder. Another project or user may have another one (`--state`).',
  },
  'journal/unreadable': {
    exit: exitCodes.refused,
    title: 'the journal cannot be read',
    help: 'The state folder or `journal.db` is not accessible to this user, or not a folder.',
  },
  'journal/write-failed': {
    exit: exitCodes.refused,
    title: 'an event could not be made durable',
    help: 'The state folder cannot be written: disk full, read-only, not permitted, or its parent folder is missing. Belay does nothing that it cannot record, so it stopped.',
  },
});

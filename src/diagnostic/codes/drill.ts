import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const drillCodes = defineCodes({
  'drill/no-room': {
    exit: exitCodes.refused,
    title: 'the copies of a rehearsal would not fit',
    help: 'A rehearsal works on copies of all targets of the runbook, in the folder for temporary files: it needs about three times their size. Set TMPDIR to a file system with room.',
  },
});

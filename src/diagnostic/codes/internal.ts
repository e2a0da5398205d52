import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const internalCodes = defineCodes({
  'internal/defect': {
    exit: exitCodes.defect,
    title: 'Belay itself failed',
    help: 'This is a bug in Belay, not in the runbook. The run, if there was one, is in the journal: `belay runs show RUN`. Please report the message with the stack that `--verbose` prints.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const runbookCodes = defineCodes({
  'runbook/unknown-action': {
    exit: exitCodes.invalid,
    title: 'an action that does not exist',
    help: '`belay actions` lists all actions, `belay actions NAME` the inputs and outputs of one.',
  },
});

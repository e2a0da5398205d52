import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const gateCodes = defineCodes({
  'gate/declined': {
    exit: exitCodes.declined,
    title: 'the confirmation was not given',
    help: 'The text that was typed, or given with `--confirm`, is not the one that was asked for. Nothing was changed.',
  },
  'gate/nobody-to-ask': {
    exit: exitCodes.refused,
    title: 'something must be confirmed and there is no terminal to ask on',
    help: 'Run it on a terminal, or give the text that would be typed with `--confirm`. Silence never means yes.',
  },
});

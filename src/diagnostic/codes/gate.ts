import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const gateCodes = defineCodes({
  'gate/declined': {
    exit: exitCodes.declined,
    title: 'a gate was declined',
    help: 'The answer that was typed, or given with `--confirm`, is not the one that was asked for, or somebody whose approval is needed rejected it. The step was not started; what the run had done before is put back, unless the runbook says otherwise.',
  },
  'gate/empty-text': {
    exit: exitCodes.failed,
    title: 'the text that a gate asks for is empty',
    help: 'An empty text would be confirmed by pressing Enter. Make `expect` something that names what is at stake, such as `${{ target.db.name }}`.',
  },
  'gate/expired': {
    exit: exitCodes.declined,
    title: 'nobody answered a gate in time',
    help: 'A `confirm` waits 15 minutes and an `approval` 24 hours, unless the runbook says otherwise with `timeout`. Silence never means yes.',
  },
  'gate/nobody-to-ask': {
    exit: exitCodes.refused,
    title: 'something must be confirmed and there is no terminal to ask on',
    help: 'Run it on a terminal, or answer in advance: `--yes` for gates that ask for no text, `--confirm STEP=TEXT` for those that do. Silence never means yes.',
  },
});

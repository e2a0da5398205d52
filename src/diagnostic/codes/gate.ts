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
  'gate/no-inbox': {
    exit: exitCodes.refused,
    title: 'the inbox of a waiting run cannot be used',
    help: 'Decisions of approvers lie as files in `inbox/RUN` of the state folder. Who approves must be able to pass every folder on the way there; for a state folder below a private home, approve as a user who can, or name another state folder for the run.',
  },
  'gate/nobody-to-ask': {
    exit: exitCodes.refused,
    title: 'something must be confirmed and there is no terminal to ask on',
    help: 'Run it on a terminal, or answer in advance: `--yes` for gates that ask for no text, `--confirm STEP=TEXT` for those that do. Silence never means yes.',
  },
  'gate/not-approver': {
    exit: exitCodes.refused,
    title: 'this person may not decide this gate',
    help: 'The runbook lists who may: OS users, `@group`, or holders of an SSH key (`--key`). The operator who started the run may not approve it, also not by `sudo`, unless the runbook says `preventSelfApproval: false`.',
  },
  'gate/not-waiting': {
    exit: exitCodes.refused,
    title: 'the run does not wait for an approval',
    help: 'Only a run that waits can be approved or rejected. `belay runs list` shows which do; the whole id is needed by somebody who cannot read the journal.',
  },
  'gate/waiting': {
    exit: exitCodes.waiting,
    title: 'the run waits for other people',
    help: 'The run lies still and keeps its targets until enough people have approved: `belay approve RUN`, then `belay resume RUN`. What it has done so far is recorded and stays.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const policyCodes = defineCodes({
  'policy/approval-missing': {
    exit: exitCodes.refused,
    title: 'the policy of the environment wants an approval that the runbook does not ask for',
    help: 'Under `approvalFor` a step with one of the effects named there carries an `approval` of its own, or comes after a step that is only such a gate, has no `if`, and since which nothing has been changed. Add the gate to the runbook.',
  },
  'policy/backup-none': {
    exit: exitCodes.refused,
    title: 'the policy of the environment forbids `backup: none`',
    help: 'Under `noBackupNone` every target that a run changes gets its backup first. Take `backup: none` out of the runbook, or run it in an environment that allows it.',
  },
  'policy/discards-foreign-writes': {
    exit: exitCodes.refused,
    title: 'the policy of the environment forbids to discard what others have written',
    help: 'Under `noDiscardForeignWrites` neither `onForeignWrites: discard` in a runbook nor `belay rollback --discard-foreign-writes` is allowed. A rollback without it takes back only what the run did, or stops and shows the rows.',
  },
  'policy/lint': {
    exit: exitCodes.refused,
    title: 'the runbook does not pass the lint profile that the policy of the environment wants',
    help: 'Under `lint` a runbook runs only when `belay lint --profile …` has neither an error nor a warning to report. Mend what it names, or write an ignore with its reason into the runbook.',
  },
  'policy/no-yes': {
    exit: exitCodes.refused,
    title: 'the policy of the environment lets no option answer a gate',
    help: 'Under `noYes` a person at a terminal answers: `--yes` and `--confirm` are refused, for the gates of a runbook, for `belay approve`, and for the names that `belay rollback` and `belay backup restore` ask for. Leave the option out.',
  },
  'policy/not-committed': {
    exit: exitCodes.refused,
    title: 'the policy of the environment wants every file committed in git and unchanged',
    help: 'Under `requireCommitted` the runbook and all files that are compiled into the run must be what the checked out commit holds, byte for byte. Commit them, or undo the change. Where there is no git, no repository, or the path of a file is known only while the run is going on, nobody can say, and the run is refused.',
  },
  'policy/other-environment': {
    exit: exitCodes.refused,
    title: 'a target belongs to another environment',
    help: 'A target of the catalogue with `environment` is worked on only in that environment, whether a runbook names it by `use` or by its path. Without `--env` a run takes it by itself.',
  },
  'policy/outside-window': {
    exit: exitCodes.refused,
    title: 'the policy of the environment does not let a run start now',
    help: 'Under `windows` a run starts, and is gone on with, only inside one of the times named there. A rollback may be at any time.',
  },
  'policy/plan-missing': {
    exit: exitCodes.refused,
    title: 'the policy of the environment wants a plan made before',
    help: 'Under `requirePlan` a run is `belay run --plan FILE`, with a file of `belay plan RUNBOOK --out FILE` that somebody could read. A run that was started without one is not gone on with either; it can be rolled back.',
  },
  'policy/several-environments': {
    exit: exitCodes.refused,
    title: 'the targets of a run belong to different environments',
    help: 'A run is in one environment. Work on targets of two environments in two runs.',
  },
  'policy/too-few-approvals': {
    exit: exitCodes.refused,
    title: 'an approval asks for fewer people than the policy of the environment wants',
    help: 'Under `minApprovals` every `approval` of a runbook asks for at least so many people. Raise its `minApprovals`, and name enough `approvers`.',
  },
});

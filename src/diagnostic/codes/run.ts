import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const runCodes = defineCodes({
  'run/action-said-no': {
    exit: exitCodes.failed,
    title: 'the action did its work, and its verdict is no',
    help: 'A check found problems, or a program ended with an exit code that the step does not allow. The outputs are in the journal: `belay runs show RUN`.',
  },
  'run/already-ended': {
    exit: exitCodes.refused,
    title: 'the run has ended, and there is nothing to give up',
    help: '`abandon` is for a run that was interrupted and keeps its targets from others. `belay runs show RUN` says how this one ended.',
  },
  'run/assertion-false': {
    exit: exitCodes.failed,
    title: 'an `assert` or `ensure` is false',
    help: 'The condition was decided, and it does not hold. `belay runs show RUN` shows the values that it was decided on.',
  },
  'run/bad-items': {
    exit: exitCodes.failed,
    title: 'the items of a `forEach` cannot be used',
    help: '`items` must give a list of at most 10,000, and `key` must give each item a key of its own: journal, outputs and resume use it.',
  },
  'run/bad-secret': {
    exit: exitCodes.refused,
    title: 'a secret cannot be read, or is too short to be masked',
    help: 'Secrets come from the environment or a file at run time and need at least 6 characters, because shorter ones cannot be masked without hiding ordinary text.',
  },
  'run/commit-lost': {
    exit: exitCodes.needsPerson,
    title: 'what a run had committed is gone from its target',
    help: 'Between the end of the process and `resume` somebody took the target back to an earlier state, for instance by removing its -wal. Going on would build on changes that are not there. `belay rollback RUN` puts the target back to before the run.',
  },
  'run/interrupted': {
    exit: exitCodes.interrupted,
    title: 'the run was interrupted by a signal',
    help: 'The step was stopped at once. Exit 130, 143 or 129: nothing had been committed and the targets are as before. Exit 7: something had been committed, and the backup to go back to is named.',
  },
  'run/invalid-input': {
    exit: exitCodes.failed,
    title: 'the resolved `with` of a step does not fit its action',
    help: 'A value that came out of an expression has the wrong type or is out of range. Nothing of the step was done.',
  },
  'run/precondition-error': {
    exit: exitCodes.refused,
    title: 'a precondition could not be decided',
    help: 'An error is never "met" and never "unmet": the run does not start until the precondition can be decided.',
  },
  'run/precondition-unmet': {
    exit: exitCodes.refused,
    title: 'a precondition does not hold',
    help: 'The runbook says what must hold before it may start; nothing was changed. Mend what the message names and run again.',
  },
  'run/target-replaced': {
    exit: exitCodes.refused,
    title: 'a database of the run was replaced while it waited',
    help: 'A run goes on only with the files that it began with: device and inode are in its journal. What was approved, read and backed up was another file.',
  },
  'run/still-running': {
    exit: exitCodes.refused,
    title: 'a process of the run is alive, or cannot be asked',
    help: 'A run is only given up once every process that could still write to its targets is proven dead. On another host nobody can prove that from here: go there, or say with `--lost-host NAME` that it is gone for good. While a process holds the lease no word counts.',
  },
  'run/rollback-conflict': {
    exit: exitCodes.needsPerson,
    title: 'others have changed rows that this run had written',
    help: 'Taking them back would overwrite what others wrote, so nothing was taken back. `belay rollback RUN --dry-run` lists the rows; `--keep-conflicts` leaves those as others wrote them and takes back the rest, `--discard-foreign-writes` puts the old values back.',
  },
  'run/rollback-incomplete': {
    exit: exitCodes.needsPerson,
    title: 'a rollback could not be finished or proven',
    help: 'The message names the target and what it holds. `belay rollback RUN` goes on where it stopped; every step of it can be done twice.',
  },
  'run/not-resumable': {
    exit: exitCodes.refused,
    title: 'the run is in no state to be gone on with',
    help: 'A run can be resumed while it waits or after it was interrupted; it can be rolled back when it has ended or was interrupted. `belay runs show RUN` says what became of it.',
  },
  'run/undeclared-write': {
    exit: exitCodes.needsPerson,
    title: 'a target was written to while a program ran that does not declare it',
    help: 'Belay cannot look into a program. When it is the one that writes, name the target in `touches` of the step: then the run has a backup from before it, and says after a failure what that means. When others write all the time, this is only a warning that nobody can tell who it was.',
  },
  'run/unknown-step': {
    exit: exitCodes.needsPerson,
    title: 'a step was at work when the run died, and cannot be done twice',
    help: 'Belay does not guess whether it took effect. Look; then say `belay resume RUN --done STEP --reason …` when it did, or `belay rollback RUN`.',
  },
  'run/scratch-gone': {
    exit: exitCodes.refused,
    title: 'a run with scratch targets cannot be resumed',
    help: 'Scratch targets live as long as the process that made them, so that what earlier steps left there is gone. Put the run back with `belay rollback RUN`, or give it up with `belay abandon RUN`, and run anew.',
  },
  'run/system-refused': {
    exit: exitCodes.failed,
    title: 'the operating system refused a call',
    help: 'A disk that is full or failing, or a permission. The message names the call and the file; what the run had changed by then is said beside it, and is put back as after any other failure.',
  },
  'run/timeout': {
    exit: exitCodes.failed,
    title: 'a step, or the whole run, took longer than its `timeout`',
    help: 'The step was really stopped: its transaction was rolled back by SQLite, its program ended. Raise `timeout`, or find out why it takes so long: `belay runs show RUN`.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const drillCodes = defineCodes({
  'drill/bad-fixture': {
    exit: exitCodes.invalid,
    title: 'a fixture cannot be made into a database',
    help: 'A fixture is an SQL file, whose statements run under the same rules as the SQL of a runbook (no ATTACH, no `load_extension`, only some PRAGMAs), a database, or SQL written in place. Paths are relative to the file that declares it.',
  },
  'drill/bad-stub': {
    exit: exitCodes.invalid,
    title: 'a stub does not fit its step',
    help: 'A stub gives outputs of the action of its step, as literal values of the right type. Only steps with an effect outside the targets take one: all others really run.',
  },
  'drill/hole': {
    exit: exitCodes.found,
    title: 'a fault leaves the targets between before and after',
    help: 'A drill made a step fail, or killed the engine in it, and afterwards a target was neither as before the run nor as after it, or the run said something about it that is not so. The message says what was done and what differs. Give the step a way back, put it last, or declare what stays: `onFailure: abort`, `accept`.',
  },
  'drill/injected-failure': {
    exit: exitCodes.failed,
    title: 'a drill made the step fail',
    help: 'Seen only in what a drill says of its own runs on copies: the failure is the one that it injected.',
  },
  'drill/no-room': {
    exit: exitCodes.refused,
    title: 'the copies of a rehearsal would not fit',
    help: 'A rehearsal works on copies of all targets of the runbook, in the folder for temporary files: it needs about three times their size. Set TMPDIR to a file system with room.',
  },
  'drill/undisturbed-failure': {
    exit: exitCodes.found,
    title: 'the runbook fails without any fault',
    help: 'A drill first runs the runbook on copies as it is. That run failed or was refused; faults are still injected into the steps before that point. `belay run RUNBOOK --rehearse` shows the same run in full.',
  },
  'drill/unused-fixture': {
    exit: exitCodes.invalid,
    title: 'a fixture or backup is declared for a target that no runbook has',
    help: 'Keys of `fixtures` and `backups` are names of targets, in a runbook or in the catalogue of belay.yaml; `RUNBOOK/TARGET` is for one runbook only.',
  },
  'drill/unused-stub': {
    exit: exitCodes.invalid,
    title: 'a stub is declared for a step that no runbook has',
    help: 'Keys of `stubs` are ids of steps; `RUNBOOK/STEP` is for one runbook only.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const diffCodes = defineCodes({
  'diff/action-changed': {
    exit: exitCodes.found,
    title: 'a step does another action',
    help: 'The step keeps its id and does something else. Read it as a new step.',
  },
  'diff/approvers-changed': {
    exit: exitCodes.found,
    title: 'other people may approve',
    help: 'The list of those who may answer an approval is not the same. Check that those who are left can be reached, and that those who came should decide.',
  },
  'diff/backup-changed': {
    exit: exitCodes.found,
    title: 'backups are made or kept elsewhere',
    help: 'Where a backup goes, or what it is called, has changed. Backups at the old place are not found at the new one.',
  },
  'diff/backup-strengthened': {
    exit: exitCodes.found,
    title: 'backups are made or checked more carefully',
    help: 'Nothing to do; it is said so that a later change back is noticed.',
  },
  'diff/backup-weakened': {
    exit: exitCodes.found,
    title: 'a backup is no longer made, or is checked less',
    help: 'A failure may find nothing to go back to. Ask what replaces the backup.',
  },
  'diff/bound-lowered': {
    exit: exitCodes.found,
    title: 'a bound on what may change is tighter',
    help: 'A run may now be refused where it went through before.',
  },
  'diff/bound-raised': {
    exit: exitCodes.found,
    title: 'a bound on what may change is wider or gone',
    help: 'Bounds stop a wrong condition before it reaches every row. Ask why the old one was reached.',
  },
  'diff/check-added': {
    exit: exitCodes.found,
    title: 'a check was added',
    help: 'A run may now be refused or fail where it went through before.',
  },
  'diff/check-changed': {
    exit: exitCodes.found,
    title: 'a check asks something else',
    help: 'Neither stronger nor weaker in a way that can be read off; compare both conditions.',
  },
  'diff/check-removed': {
    exit: exitCodes.found,
    title: 'a check was removed',
    help: 'What it prevented can happen now. Ask what it was there for.',
  },
  'diff/check-strengthened': {
    exit: exitCodes.found,
    title: 'a check asks for more',
    help: 'A run may now be refused or fail where it went through before.',
  },
  'diff/check-weakened': {
    exit: exitCodes.found,
    title: 'a check lets more through',
    help: 'What it prevented may happen now: a condition was dropped or widened, it is skipped in some runs, or its failure no longer stops the run.',
  },
  'diff/condition-changed': {
    exit: exitCodes.found,
    title: 'the condition under which a step runs has changed',
    help: 'The step runs in other cases than before, or in more, or in fewer.',
  },
  'diff/default-changed': {
    exit: exitCodes.found,
    title: 'a value that applies when nobody says otherwise has changed',
    help: 'Runs that do not give the value now do something else. The message names the steps that use it.',
  },
  'diff/does-not-compile': {
    exit: exitCodes.found,
    title: 'a file cannot be compared because it is invalid',
    help: 'The runbook or belay.yaml does not compile at one of the two places. `belay validate` shows all that is wrong with it.',
  },
  'diff/gate-added': {
    exit: exitCodes.found,
    title: 'a gate was added',
    help: 'The run now asks before this step, and is refused where nobody can answer.',
  },
  'diff/gate-changed': {
    exit: exitCodes.found,
    title: 'a gate asks something else',
    help: 'Read both questions: the person at the gate decides by what it shows.',
  },
  'diff/gate-removed': {
    exit: exitCodes.found,
    title: 'a gate was removed',
    help: 'What a person decided before now happens by itself.',
  },
  'diff/gate-strengthened': {
    exit: exitCodes.found,
    title: 'a gate asks for more',
    help: 'The run needs another answer than before.',
  },
  'diff/gate-weakened': {
    exit: exitCodes.found,
    title: 'a gate is easier to pass',
    help: 'It asks fewer people, for less, or can be answered ahead by `--yes`.',
  },
  'diff/input-changed': {
    exit: exitCodes.found,
    title: 'an input of a step has changed',
    help: 'The step does the same thing with something else.',
  },
  'diff/loop-changed': {
    exit: exitCodes.found,
    title: 'a step runs for other items',
    help: 'The items of `forEach`, their keys, or how many run at a time have changed.',
  },
  'diff/outputs-changed': {
    exit: exitCodes.found,
    title: 'a step or runbook yields other outputs',
    help: 'Whoever reads them gets something else or nothing.',
  },
  'diff/param-added': {
    exit: exitCodes.found,
    title: 'a param was added',
    help: 'With a default, runs go on as before. Without one, schedules and scripts have to give it.',
  },
  'diff/param-changed': {
    exit: exitCodes.found,
    title: 'a param takes other values',
    help: 'Its type, its bounds or whether it is required have changed.',
  },
  'diff/param-removed': {
    exit: exitCodes.found,
    title: 'a param was removed',
    help: 'Schedules, environments and scripts that still give it are refused.',
  },
  'diff/policy-strengthened': {
    exit: exitCodes.found,
    title: 'an environment asks for more',
    help: 'Runs in this environment may now be refused.',
  },
  'diff/policy-weakened': {
    exit: exitCodes.found,
    title: 'an environment allows more',
    help: 'What was refused in this environment goes through now.',
  },
  'diff/program-changed': {
    exit: exitCodes.found,
    title: 'another program runs, or with other arguments',
    help: 'Belay cannot look into programs. Read what it does, and what it writes to.',
  },
  'diff/project-changed': {
    exit: exitCodes.found,
    title: 'belay.yaml says something else',
    help: 'Settings that hold for every run of the project have changed.',
  },
  'diff/retention-changed': {
    exit: exitCodes.found,
    title: 'other backups are kept',
    help: 'The rules of `keep` are others; what they remove cannot be read off by count.',
  },
  'diff/retention-lowered': {
    exit: exitCodes.found,
    title: 'fewer backups are kept',
    help: 'Backups go at the next expiry and do not come back. The newest verified one always stays.',
  },
  'diff/retention-raised': {
    exit: exitCodes.found,
    title: 'more backups are kept',
    help: 'They need more room.',
  },
  'diff/retry-changed': {
    exit: exitCodes.found,
    title: 'a step is tried again differently',
    help: 'How often or after how long a failed attempt is repeated has changed.',
  },
  'diff/retry-unsafe': {
    exit: exitCodes.found,
    title: 'a step that must not run twice is retried',
    help: 'The action is not idempotent: what a failed attempt did is done once more.',
  },
  'diff/rollback-changed': {
    exit: exitCodes.found,
    title: 'a step is taken back differently',
    help: 'Read both ways back.',
  },
  'diff/rollback-strengthened': {
    exit: exitCodes.found,
    title: 'more is put back after a failure',
    help: 'A failure that left changes behind now takes them back.',
  },
  'diff/rollback-weakened': {
    exit: exitCodes.found,
    title: 'less is put back after a failure',
    help: 'A failure that was taken back before leaves changes behind now, or a point of no return comes earlier.',
  },
  'diff/runbook-added': {
    exit: exitCodes.found,
    title: 'a runbook was added',
    help: 'It can be run as soon as the change is merged.',
  },
  'diff/runbook-removed': {
    exit: exitCodes.found,
    title: 'a runbook was removed',
    help: 'Schedules and people that run it find nothing.',
  },
  'diff/runbook-renamed': {
    exit: exitCodes.found,
    title: 'a runbook has another name or lies elsewhere',
    help: 'Schedules and people that run it by its old name or path find nothing.',
  },
  'diff/schedule-added': {
    exit: exitCodes.found,
    title: 'a runbook runs by itself',
    help: 'It runs at this time without anybody starting it, once the schedule has been exported.',
  },
  'diff/schedule-changed': {
    exit: exitCodes.found,
    title: 'a schedule has another time or zone',
    help: 'It applies once the schedule has been exported again.',
  },
  'diff/schedule-removed': {
    exit: exitCodes.found,
    title: 'a runbook no longer runs by itself',
    help: 'Nobody is told when it does not run.',
  },
  'diff/secret-changed': {
    exit: exitCodes.found,
    title: 'a secret comes from elsewhere',
    help: 'Another variable or file is read; who can set it decides what the run uses.',
  },
  'diff/sql-changed': {
    exit: exitCodes.found,
    title: 'SQL of a run has changed',
    help: 'Other rows or tables may be read or written. The message names the tables where SQLite can tell.',
  },
  'diff/sql-unbounded': {
    exit: exitCodes.found,
    title: 'SQL reaches every row or drops a table',
    help: 'A DELETE or UPDATE without WHERE, or a DROP: nothing in the statement limits what goes.',
  },
  'diff/step-added': {
    exit: exitCodes.found,
    title: 'a step was added',
    help: 'The run does more than before.',
  },
  'diff/step-moved': {
    exit: exitCodes.found,
    title: 'a step runs at another time',
    help: 'The order matters where one of the steps changes, checks, backs up or asks.',
  },
  'diff/step-removed': {
    exit: exitCodes.found,
    title: 'a step was removed',
    help: 'The run does less than before.',
  },
  'diff/step-renamed': {
    exit: exitCodes.found,
    title: 'a step has another id',
    help: 'Journal, `resume`, `--confirm` and scripts know it by its old id.',
  },
  'diff/stub-changed': {
    exit: exitCodes.found,
    title: 'a rehearsal or test does something else',
    help: 'Only rehearsals, drills and tests are affected, and what they prove.',
  },
  'diff/target-added': {
    exit: exitCodes.found,
    title: 'a target was added',
    help: 'The run works on another database, or belay.yaml knows one more.',
  },
  'diff/target-changed': {
    exit: exitCodes.found,
    title: 'a target is another database, or is treated differently',
    help: 'Every step on this target is affected.',
  },
  'diff/target-removed': {
    exit: exitCodes.found,
    title: 'a target was removed',
    help: 'Steps, schedules and commands that name it are refused.',
  },
  'diff/target-unprotected': {
    exit: exitCodes.found,
    title: 'a target is protected less',
    help: 'Others may write during the run, their rows may be lost, or a damaged database is accepted.',
  },
  'diff/timeout-changed': {
    exit: exitCodes.found,
    title: 'a time limit has changed',
    help: 'What takes longer is ended, or may go on for longer.',
  },
  'diff/timeout-removed': {
    exit: exitCodes.found,
    title: 'a time limit was removed',
    help: 'The step may hang for ever, and hold its targets.',
  },
  'diff/unreadable': {
    exit: exitCodes.found,
    title: 'a file that was to be compared cannot be read',
    help: 'A link, a submodule, a binary or a file over the limit: its content is not compared.',
  },
  'diff/value-changed': {
    exit: exitCodes.found,
    title: 'a value that is given to runs has changed',
    help: 'In a params file, an environment or a schedule. The message names the steps that use it.',
  },
  'diff/words-changed': {
    exit: exitCodes.found,
    title: 'only words have changed',
    help: 'Titles, descriptions, messages, labels or links.',
  },
});

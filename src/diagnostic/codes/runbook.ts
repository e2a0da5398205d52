import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const runbookCodes = defineCodes({
  'runbook/always-changes': {
    exit: exitCodes.invalid,
    title: 'a step under `always` would change something',
    help: '`always` runs last, also after a rollback, and cannot change the outcome: only actions with the effects `read` and `external` may stand there.',
  },
  'runbook/backup-laxer': {
    exit: exitCodes.invalid,
    title: 'a runbook asks for less than the catalogue gives a target',
    help: 'Beside `use` a runbook may make the backup of a target stricter, never laxer: `verify: integrity`, `before: maintain`, and a `keep` whose `last` is at least 5. Where its backups lie, and whether there are any, belay.yaml says.',
  },
  'runbook/bad-approver': {
    exit: exitCodes.invalid,
    title: 'an approver cannot be understood, or the approvals can never be reached',
    help: 'Approvers are names of OS users, `@group`, or `key:` with an SSH public key, written out: a param must not choose who approves. Each person counts once.',
  },
  'runbook/bad-stub': {
    exit: exitCodes.invalid,
    title: 'a `stub` does not fit the outputs of its action',
    help: 'A `stub` gives what a step yields where its action must not really run, in a rehearsal: only outputs that the action has, each of its type. `belay actions NAME` lists them.',
  },
  'runbook/computed-target': {
    exit: exitCodes.invalid,
    title: 'the name of a target is computed',
    help: 'The target of a step decides what is leased and backed up, so it is written out. The `path` or `use` of the target itself may be an expression.',
  },
  'runbook/duplicate-id': {
    exit: exitCodes.invalid,
    title: 'two steps have the same id',
    help: 'Journal, outputs and resume know a step by its id: it is unique over preconditions, steps and always.',
  },
  'runbook/ensure-without-action': {
    exit: exitCodes.invalid,
    title: '`ensure` stands on a step that has no action',
    help: '`ensure` is the postcondition of an action, over `self`. A condition alone is an `assert`.',
  },
  'runbook/exclusive-conflict': {
    exit: exitCodes.invalid,
    title: 'an exclusive target cannot be kept to the run',
    help: 'While a target is `exclusive`, nobody else can use it: a program in `touches` could not work on it, and an approval would keep everybody out for as long as it waits. Leave out `exclusive`, or ask before the first change.',
  },
  'runbook/expression-in-shell': {
    exit: exitCodes.invalid,
    title: 'an expression stands inside a shell script',
    help: 'A value pasted into a script becomes part of the script. Pass it by `env`, or use `argv`, whose elements may be expressions.',
  },
  'runbook/expression-in-sql': {
    exit: exitCodes.invalid,
    title: 'an expression stands inside SQL',
    help: 'A value pasted into SQL becomes part of the statement. Bind it: `params: { x: ${{ … }} }` and `:x` in the SQL; names of tables go by `names` and `"$t"`.',
  },
  'runbook/for-each-key': {
    exit: exitCodes.invalid,
    title: 'the items of a loop have no key',
    help: 'An item that is a single value is its own key. Lists and maps need `key`, an expression that tells them apart.',
  },
  'runbook/invalid-input': {
    exit: exitCodes.invalid,
    title: 'the inputs of an action do not fit together',
    help: '`belay actions NAME` shows what the action takes.',
  },
  'runbook/not-available': {
    exit: exitCodes.invalid,
    title: 'the runbook asks for something that this version does not do yet',
    help: 'The format is fixed ahead of the program. Belay refuses what it cannot do rather than leaving it out; a later version does it.',
  },
  'runbook/param-declaration': {
    exit: exitCodes.invalid,
    title: 'a param is declared so that no value can fit',
    help: 'Bounds are written in the type of the param, `enum` holds values of its type, `pattern` is a regular expression.',
  },
  'runbook/param-default': {
    exit: exitCodes.invalid,
    title: 'the default of a param does not fit the param',
    help: 'A default obeys the same rules as a value that is given: type, bounds, `enum`, `pattern`.',
  },
  'runbook/param-missing': {
    exit: exitCodes.usage,
    title: 'a required param was not given',
    help: 'Give it with `-p name=value`, in a params file or in an environment of belay.yaml.',
  },
  'runbook/param-unknown': {
    exit: exitCodes.invalid,
    title: 'a params file or an environment names a param that the runbook does not have',
    help: 'A mistyped name would otherwise leave the real param at its default.',
  },
  'runbook/param-value': {
    exit: exitCodes.invalid,
    title: 'a params file or an environment gives a param a value that does not fit',
    help: 'The message says what was expected. `belay show RUNBOOK` lists the params with their types.',
  },
  'runbook/precondition-acts': {
    exit: exitCodes.invalid,
    title: 'a precondition would do more than read',
    help: 'Preconditions are checked before anything is leased or backed up: an action there must have the effect `read`.',
  },
  'runbook/reserved-name': {
    exit: exitCodes.invalid,
    title: 'a name is chosen that expressions already use',
    help: '`params`, `steps`, `target`, `run`, `now`, `self` and the other roots cannot be the variable of a loop.',
  },
  'runbook/rollback-changes': {
    exit: exitCodes.invalid,
    title: 'the `rollback` of a step would change a target',
    help: 'Targets are put back by Belay, and proven by their content. A declared rollback takes back what a step did outside them: only actions with the effects `read` and `external` may stand there, and no program that touches a target.',
  },
  'runbook/scratch-waits': {
    exit: exitCodes.invalid,
    title: 'a runbook with scratch targets waits for an approval',
    help: 'A run that waits for an approval ends its process and is resumed by another one; scratch targets are removed with the process that made them. Ask with `confirm`, or give the target a `path`.',
  },
  'runbook/two-gates': {
    exit: exitCodes.invalid,
    title: 'a step has two gates',
    help: 'A step has one gate, `confirm` or `approval`. Another one is a step of its own before it: a gate alone is a step too.',
  },
  'runbook/unknown-action': {
    exit: exitCodes.invalid,
    title: 'there is no such action',
    help: '`belay actions` lists the actions that a step can do.',
  },
  'runbook/unknown-target': {
    exit: exitCodes.invalid,
    title: 'a step uses a target that the runbook does not declare',
    help: 'Declare it under `targets`, or correct the name.',
  },
});

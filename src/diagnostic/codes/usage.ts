import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const usageCodes = defineCodes({
  'usage/conflicting-options': {
    exit: exitCodes.usage,
    title: 'two options that exclude each other',
    help: 'The message names both. Give one of them.',
  },
  'usage/duplicate-param': {
    exit: exitCodes.usage,
    title: 'a param is given twice',
    help: 'Each param may be given once with `-p`. A params file may hold it too; the command line wins over the file.',
  },
  'usage/invalid-param': {
    exit: exitCodes.usage,
    title: 'a `-p` is not of the form that belay reads',
    help: 'Write `-p name=text`, `-p name=@file` for the content of a file, or `-p name:=json` for a list, an object, a number or null.',
  },
  'usage/invalid-value': {
    exit: exitCodes.usage,
    title: 'an option has a value that it cannot have',
    help: 'The message says what was expected. Durations are written like `30s`, `5m`, `2h`, `90d`.',
  },
  'usage/missing-argument': {
    exit: exitCodes.usage,
    title: 'an argument or the value of an option is missing',
    help: '`belay COMMAND --help` shows what the command takes.',
  },
  'usage/no-repository': {
    exit: exitCodes.usage,
    title: 'git cannot read the repository',
    help: '`belay diff --git` asks git for the files of two revisions, and git said no: the folder is in no repository, the repository belongs to somebody else, or git is not installed.',
  },
  'usage/not-available': {
    exit: exitCodes.usage,
    title: 'this version does not have the command or option yet',
    help: 'The command line is fixed ahead of the program: the name is reserved, a later version brings it.',
  },
  'usage/output-exists': {
    exit: exitCodes.usage,
    title: 'a file that would be written is already there',
    help: 'Belay does not overwrite files that people may have edited. Name another one, or remove it.',
  },
  'usage/param-value': {
    exit: exitCodes.usage,
    title: 'a param given on the command line has a value that does not fit',
    help: 'The message says what was expected. `belay show RUNBOOK` lists the params with their types.',
  },
  'usage/too-many-arguments': {
    exit: exitCodes.usage,
    title: 'more arguments than the command takes',
    help: '`belay COMMAND --help` shows what the command takes. Quote an argument that holds spaces.',
  },
  'usage/unknown-action': {
    exit: exitCodes.usage,
    title: 'there is no such action',
    help: '`belay actions` lists the actions that a step can do.',
  },
  'usage/unknown-code': {
    exit: exitCodes.usage,
    title: 'there is no such code to explain',
    help: '`belay explain` takes an error code such as `target/missing`, or an exit code such as `4`.',
  },
  'usage/unknown-command': {
    exit: exitCodes.usage,
    title: 'there is no such command',
    help: '`belay --help` lists the commands.',
  },
  'usage/unknown-environment': {
    exit: exitCodes.usage,
    title: 'belay.yaml has no environment of that name',
    help: 'Environments are declared under `environments` in belay.yaml; `--env` names one of them.',
  },
  'usage/unknown-option': {
    exit: exitCodes.usage,
    title: 'the command has no such option',
    help: '`belay COMMAND --help` lists the options of the command. What begins with a dash and is no option goes after `--`.',
  },
  'usage/unknown-param': {
    exit: exitCodes.usage,
    title: 'the command line names a param that the runbook does not have',
    help: '`belay show RUNBOOK` lists its params.',
  },
  'usage/unknown-revision': {
    exit: exitCodes.usage,
    title: 'git does not know the revision',
    help: 'A branch, tag or commit that is compared must be there. In CI the clone is often shallow: fetch the base too, such as with `fetch-depth: 0`.',
  },
  'usage/unknown-step': {
    exit: exitCodes.usage,
    title: 'the run has no such step',
    help: '`belay runs show RUN` lists the steps of a run.',
  },
  'usage/unknown-target': {
    exit: exitCodes.usage,
    title: 'the catalogue has no such target',
    help: '`belay targets` lists the catalogue of belay.yaml. A database that is not in it is named with `--path FILE`.',
  },
  'usage/unreadable-file': {
    exit: exitCodes.usage,
    title: 'a file given on the command line cannot be read or is not what it should be',
    help: 'Paths given with `-p`, `--params-file` and `--plan` are relative to the working folder.',
  },
  'usage/unwritable-file': {
    exit: exitCodes.usage,
    title: 'a file named on the command line cannot be written',
    help: 'Check that its folder exists and may be written. A run that has ended keeps its result in the journal: `belay runs show RUN`.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const projectCodes = defineCodes({
  'project/ambiguous-runbook': {
    exit: exitCodes.usage,
    title: 'two runbooks have the same name',
    help: 'A runbook is found by the name of its file or by its `name`. Rename one of them, or name the file by its path.',
  },
  'project/no-project-file': {
    exit: exitCodes.usage,
    title: 'the project file that was named does not exist',
    help: 'Without a name, Belay takes the nearest `belay.yaml` from the working folder upward; without one, the working folder is the project.',
  },
  'project/no-such-runbook': {
    exit: exitCodes.usage,
    title: 'there is no runbook of that name',
    help: '`belay list` shows the runbooks that are found by name, and where. Any other file can be named by its path.',
  },
  'project/runbooks-outside': {
    exit: exitCodes.invalid,
    title: 'a folder of runbooks lies outside the project',
    help: 'belay.yaml of a branch that nobody trusts could name any folder of this machine. So only folders of the project are searched: of the checkout that belay.yaml lies in, else of its own folder. A runbook elsewhere is named by its path.',
  },
  'project/unknown-environment': {
    exit: exitCodes.invalid,
    title: 'belay.yaml names an environment that it does not declare',
    help: 'Declare it under `environments`, or correct the name.',
  },
  'project/unknown-store': {
    exit: exitCodes.invalid,
    title: 'belay.yaml names a store that it does not declare',
    help: 'Declare it under `stores`, or correct the name. `local` is built in: the folder `backups` in the state folder.',
  },
  'project/unknown-zone': {
    exit: exitCodes.invalid,
    title: 'belay.yaml names a time zone that does not exist',
    help: 'Write the IANA name of a zone, such as `Europe/Berlin`, or `UTC`.',
  },
});

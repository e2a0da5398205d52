import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const processCodes = defineCodes({
  'process/no-folder': {
    exit: exitCodes.failed,
    title: 'the folder that a program should run in is missing',
    help: '`cwd` of a program must be an existing folder. Relative paths are taken from the project folder.',
  },
  'process/not-executable': {
    exit: exitCodes.failed,
    title: 'the program may not be executed',
    help: 'The file exists, but it is a folder, or this user has no right to execute it.',
  },
  'process/not-found': {
    exit: exitCodes.failed,
    title: 'the program is not installed',
    help: 'A name without a slash is looked up in PATH as the run sees it, which under cron or systemd is short. Give the whole path, or set PATH in `env`.',
  },
  'process/not-signed': {
    exit: exitCodes.refused,
    title: 'a decision could not be signed with the SSH key',
    help: '`belay approve RUN --key FILE` signs with `ssh-keygen -Y sign`. FILE is a private key, or the public key of one that the SSH agent holds.',
  },
  'process/not-started': {
    exit: exitCodes.failed,
    title: 'the operating system did not start the program',
    help: 'Usually too many arguments, or too many processes of this user.',
  },
});

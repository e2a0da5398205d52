import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const fmtCodes = defineCodes({
  'fmt/left-alone': {
    exit: exitCodes.found,
    title: 'a file is left as it is: formatting it would change what it says',
    help: '`belay fmt` reads what it has written and compares values, comments and the compiled runbook with those of the file. Where they differ it changes nothing. Comments inside brackets are the usual reason.',
  },
  'fmt/not-formatted': {
    exit: exitCodes.found,
    title: 'a file is not in its canonical form',
    help: '`belay fmt` writes keys in the order of the format and in one layout; comments stay with their keys. `--check` only says which files it would change.',
  },
  'fmt/symbolic-link': {
    exit: exitCodes.refused,
    title: 'a symbolic link is not formatted',
    help: 'The file that it leads to may lie anywhere, also outside the project. Name that file, if it is meant.',
  },
});

import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const storeCodes = defineCodes({
  'store/no-room': {
    exit: exitCodes.refused,
    title: 'the backup store has too little room',
    help: 'A backup needs room for an uncompressed copy and for the compressed artifact at the same time. Belay checks before it starts and stops cleanly when the disk fills up half-way; nothing half-made is listed as a backup. Make room (`belay backup expire`), or name another store.',
  },
  'store/unreadable': {
    exit: exitCodes.refused,
    title: 'the backup store cannot be read',
    help: 'The folder of the store does not exist, is no folder, or its permissions do not let this user read it. Check the path in belay.yaml or after `--store`.',
  },
  'store/unwritable': {
    exit: exitCodes.refused,
    title: 'the backup store cannot be written',
    help: 'The folder of the store cannot be created, is read-only, went away, or belongs to another user. Nothing half-made is listed as a backup.',
  },
});

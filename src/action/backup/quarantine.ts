// `backup.quarantine`: set a damaged database aside, or put it back.

import { formatCount } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { flag, inputs, list, optional, outputs, path, target, text } from '../fields.ts';

export const backupQuarantine = defineAction({
  name: 'backup.quarantine',
  summary: 'Set a damaged database aside',
  description:
    'Moves the database and its -wal, -shm and -journal together into `<file>.belay-quarantine/`, on the same file system, with a record of their names and hashes. Refuses while another process has one of them open, and says which. Nothing is deleted, and what is in quarantine is never offered as a backup. A target without any files is no failure. With `putBack` it moves a quarantine back where nothing is.',
  with: inputs({
    target: target(),
    putBack: optional(
      path('Folder of a quarantine of this target, to be moved back.', ['${{ steps.aside.path }}']),
    ),
  }),
  outputs: outputs({
    path: text('The folder they are in; empty when there was nothing to move.'),
    files: list(text('Name of a file.'), 'Files that were moved.'),
    moved: flag('False: there was nothing to move.'),
  }),
  effect: 'destroy',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'own',
  availability: 'available',
  worksUnreadable: true,
  async preview(input) {
    return {
      state: 'would-run',
      lines: [
        input.putBack === undefined
          ? `moves the files of \`${input.target}\` into quarantine beside it`
          : `moves the files of \`${input.target}\` back out of quarantine`,
      ],
      changesSomething: true,
    };
  },
  async run(input, context) {
    const aside =
      input.putBack === undefined
        ? await context.backups.quarantine(input.target)
        : await context.backups.putBack(input.target, input.putBack);
    const files = aside?.files.map(({ name }) => name) ?? [];
    context.progress({ message: `${formatCount(files.length, 'file')} moved` });
    return { outputs: { path: aside?.path ?? '', files, moved: aside !== undefined } };
  },
});

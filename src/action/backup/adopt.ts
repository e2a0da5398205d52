// `backup.adopt`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { inputs, list, outputs, target, text } from '../fields.ts';

export const backupAdopt = defineAction({
  name: 'backup.adopt',
  summary: 'Take over backups made by other tools',
  description:
    'Checks plain, gzip or zstd copies (with a `.sha256` file beside them, if there is one) and lists them as backups of the target.',
  with: inputs({
    target: target(),
    files: text('Pattern of the files.', ['/opt/backups/daily/memory.db.*.backup.gz']),
  }),
  outputs: outputs({
    adopted: list(text('Id of a backup.'), 'Backups that are listed now.'),
    rejected: list(
      outputs({ file: text('The file.'), reason: text('Why it was passed over.') }),
      'Files that were passed over.',
    ),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'planned',
});

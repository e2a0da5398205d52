// `file.archive`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { count, inputs, optional, outputs, path, text } from '../fields.ts';

export const fileArchive = defineAction({
  name: 'file.archive',
  summary: 'Compress files into an archive',
  description: 'Writes one compressed archive of the files that match; they stay where they are.',
  with: inputs({
    path: path('Folder.'),
    match: optional(text('Pattern of the file names. Default: all.', ['*.log'])),
    to: path('The archive; it must not exist.', ['./logs.tar.zst']),
  }),
  outputs: outputs({
    files: count('Files archived.'),
    sizeBytes: count('Size of the archive.'),
    sha256: text('Of the archive.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: [],
  undo: 'own',
  availability: 'planned',
});

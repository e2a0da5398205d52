// `file.copy`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { count, inputs, outputs, path, text } from '../fields.ts';

export const fileCopy = defineAction({
  name: 'file.copy',
  summary: 'Copy a file',
  description: 'Copies a file, durable and compared by sha256; never over another one.',
  with: inputs({
    from: path('The file to copy.'),
    to: path('Where to; it must not exist.'),
  }),
  outputs: outputs({
    sizeBytes: count('Size of the file.'),
    sha256: text('Of the file.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: [],
  undo: 'own',
  availability: 'planned',
});

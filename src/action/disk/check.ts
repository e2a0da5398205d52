// `disk.check`: is there room?

import { defineAction } from '../action.ts';
import { count, inputs, outputs, path, share, size } from '../fields.ts';

export const diskCheck = defineAction({
  name: 'disk.check',
  summary: 'Check that a file system has room',
  description:
    'Reads how much room an ordinary user has on the file system of a path (or of its nearest folder that exists), and fails when it is less than asked for.',
  with: inputs({
    path: path('A file or folder on the file system.', ['./backups']),
    free: size('At least this much must be free.', ['2GB']),
  }),
  outputs: outputs({
    freeBytes: count('Bytes that are free.'),
    totalBytes: count('Size of the file system.'),
    freeShare: share('Part that is free, 0 to 1.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
});

// `disk.check`: is there room?

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatSize } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { defineAction } from '../action.ts';
import { count, inputs, outputs, path, share, size } from '../fields.ts';
import { byteCount } from '../values.ts';

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
  isPlannable: true,
  async run(input) {
    const { bavail, blocks, bsize } = await fileSystemOf(input.path);
    const [freeBytes, totalBytes, wanted] = [bavail * bsize, blocks * bsize, byteCount(input.free)];
    const outputs = { freeBytes, totalBytes, freeShare: totalBytes === 0 ? 0 : freeBytes / totalBytes };
    if (freeBytes >= wanted) return { outputs };
    return {
      outputs,
      failed: {
        message: `\`${input.path}\` has ${formatSize(freeBytes)} free, expected ${formatSize(wanted)}`,
        fix: 'make room there, or give a path on another file system',
      },
    };
  },
});

/** Of the nearest folder that exists. */
async function fileSystemOf(path: string): Promise<{ bavail: number; blocks: number; bsize: number }> {
  try {
    return await statfs(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw unreadable(path, error);
    return fileSystemOf(parent);
  }
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure(
    'action/unreadable-file',
    `the file system of \`${path}\` cannot be asked: ${error instanceof Error ? error.message : String(error)}`,
    {
      state: 'nothing was changed by this step',
      fix: 'give a path that the user of the run may look at',
      cause: error,
    },
  );
}

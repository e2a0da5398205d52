// Reads a file of SQL that a step names.

import { Failure } from '../../diagnostic/index.ts';
import type { SourceFiles } from '../../project/index.ts';

/** Strictly UTF-8, without a byte order mark. Fails with `action/unreadable-file`. */
export async function readSqlFile(files: SourceFiles, path: string): Promise<string> {
  try {
    return await files.text(path);
  } catch (error) {
    const why =
      error instanceof TypeError ? 'it is not UTF-8' : error instanceof Error ? error.message : String(error);
    throw new Failure('action/unreadable-file', `the SQL file \`${path}\` cannot be read: ${why}`, {
      state: 'nothing of this step was done',
      fix: 'give the path of a file with SQL in UTF-8; relative paths start at the project',
      cause: error,
    });
  }
}

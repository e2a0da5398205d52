// Reads a private copy whole, through a second connection beside that of the target: the check, and what the copy says of
// itself. Never opens anything but a file that only this run can see, and writes no row to it.

import type { CopyContent } from '../../../target/session.ts';
import { closeConnection, openConnection } from '../connection.ts';
import { asFailure } from '../errors.ts';
import type { Work } from '../work.ts';
import { check } from './check.ts';
import { contentHash } from './content-hash.ts';
import { counts } from './counts.ts';
import { facts } from './facts.ts';

/** Page cache, in KiB: the check goes through indexes and tables at once. Given back when the copy is closed. */
const cacheKib = 16_384;

export function readCopy(
  work: Work,
  args: { readonly path: string; readonly level: 'quick' | 'integrity'; readonly hasLog?: boolean },
): CopyContent {
  const { path, level } = args;
  const at = { path, busyTimeoutMs: 0 };
  try {
    // A log, or a journal that a dead writer left, is only read by who may write.
    const mode = args.hasLog === true ? 'write' : 'immutable';
    const connection = openConnection({ target: 'copy', mode, ...at });
    try {
      connection.db.exec(`PRAGMA cache_size = -${cacheKib}`);
      const copy: Work = { ...work, connection };
      const { pageSize, pageCount, encoding, applicationId, userVersion } = facts(copy);
      work.progress({ message: level === 'quick' ? 'quick check' : 'integrity check' });
      const { ok, problems } = check(copy, { mode: level });
      work.progress({ message: 'count rows' });
      const tables = counts(copy, {});
      work.progress({ message: 'hash content' });
      return {
        problems: ok ? [] : problems.length > 0 ? problems : ['the check found problems'],
        sizeBytes: pageSize * pageCount,
        pageSize,
        pageCount,
        encoding,
        applicationId,
        userVersion,
        tables,
        contentHash: contentHash(connection.db, { onProgress: work.progress }),
      };
    } finally {
      closeConnection(connection);
    }
  } catch (error) {
    throw asFailure(error, at);
  }
}

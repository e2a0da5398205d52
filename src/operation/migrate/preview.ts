// What a migration would do now, tried on a private copy made by a reading session. Writes nothing to the target.

import { formatSize } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { SourceFiles } from '../../project/index.ts';
import type { ReadSession, Rehearsal } from '../../target/index.ts';
import { explain } from './explain.ts';
import { type MigrateRequest, type Prepared, prepare } from './prepare.ts';
import { effectLine, lossWarnings, type Report, reportOf } from './report.ts';

export interface MigratePreview {
  readonly isSimulated: boolean;
  readonly lines: readonly string[];
  readonly steps: readonly string[];
  readonly pending: readonly string[];
  readonly report?: Report;
}

/** Larger databases are tried when the step runs, not for every plan. */
const defaultMaxBytes = 256 * 2 ** 20;

/** Fails as the migration itself would. */
export async function previewMigrate(
  session: ReadSession,
  request: MigrateRequest,
  now: Date,
  files: SourceFiles,
  maxBytes = defaultMaxBytes,
): Promise<MigratePreview> {
  const prepared = await prepare(session, request, now, files, {});
  const { scripts, pending, warnings } = prepared;
  const steps = scripts.map(({ name }) => name);
  const verb = request.direction === 'up' ? 'applies' : 'takes back';
  if (steps.length === 0)
    return { isSimulated: true, lines: [...warnings, 'nothing is left to do'], steps, pending };
  const list = steps.map((name) => `${verb} \`${name}\``);
  const { sizeBytes, walBytes } = await session.facts();
  if (sizeBytes + walBytes > maxBytes) {
    const reason = `not tried on a copy: the database is larger than ${formatSize(maxBytes)}`;
    return { isSimulated: false, lines: [...warnings, ...list, reason], steps, pending };
  }
  const rehearsal = await tried(session, prepared);
  if (typeof rehearsal === 'string')
    return { isSimulated: false, lines: [...warnings, ...list, rehearsal], steps, pending };
  const { effects } = rehearsal;
  return {
    isSimulated: true,
    lines: [...warnings, ...effects.map((each) => `${verb} ${effectLine(each)}`), ...lossWarnings(effects)],
    steps,
    pending,
    report: reportOf(effects),
  };
}

/** Text: why it could not be tried. */
async function tried(session: ReadSession, { scripts, steps }: Prepared): Promise<Rehearsal | string> {
  try {
    return await session.rehearse(scripts, 0.5);
  } catch (error) {
    if (error instanceof Failure && error.code === 'target/no-room')
      return 'not tried on a copy: there is not enough room for one';
    throw explain(error, steps, { on: 'copy' });
  }
}

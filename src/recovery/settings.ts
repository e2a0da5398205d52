// Puts the settings of a file back to what they were before the run, and reads them back. What others have set since
// stays theirs: a setting goes back only while it is as the run left it.

import { Failure } from '../diagnostic/index.ts';
import type { RollbackWork } from '../engine/index.ts';
import type { FileSettings, RecordedSettings, TargetHistory } from '../journal/index.ts';
import { readSettings, settingChanges } from '../target/index.ts';

/** What goes back, in words; empty when the run has set nothing that may. */
export function settingsToPutBack(work: RollbackWork, history: TargetHistory): string[] {
  const span = spanOf(work, history);
  return span === undefined ? [] : settingChanges(span.after, span.before);
}

/** What stays as others have set it, in words. Fails with `run/rollback-incomplete`, `target/setting-refused`. */
export async function putBackSettings(work: RollbackWork, history: TargetHistory): Promise<string[]> {
  const span = spanOf(work, history);
  if (span === undefined) return [];
  const { target } = history;
  const session = await work.sessions.writer(target);
  const now = inFile(await readSettings(session));
  const ours = stillOurs(span, now);
  work.recorder.record({ type: 'undo-announced', how: 'settings', target });
  if (Object.keys(ours).length > 0) await session.configure(ours);
  const found = inFile(await readSettings(session));
  const left = settingChanges(found, ours);
  if (left.length > 0)
    throw new Failure(
      'run/rollback-incomplete',
      `\`${target}\` still has other settings (${left.join(', ')})`,
    );
  work.recorder.record({ type: 'undone', how: 'settings', target, proof: 'its settings were read back' });
  return settingChanges(span.before, pick(found, changedKeys(span))).map(
    (change) => `others have set ${change} of \`${target}\` since, and that stays`,
  );
}

type Span = Pick<RecordedSettings, 'before' | 'after'>;

/** From before the first change of the run to after its last, as the file keeps them. */
function spanOf({ undoKindOf }: RollbackWork, { settings }: TargetHistory): Span | undefined {
  const own = settings.filter(({ step }) => undoKindOf(step).kind !== 'none');
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return { before: inFile(first.before), after: inFile(last.after) };
}

/** Of the journal modes the file keeps only whether it is `wal`. */
function inFile(settings: FileSettings): FileSettings {
  return settings.journalMode === 'wal' ? settings : { ...settings, journalMode: 'delete' };
}

function changedKeys({ before, after }: Span): (keyof FileSettings)[] {
  return (['journalMode', 'autoVacuum', 'pageSize'] as const).filter((key) => before[key] !== after[key]);
}

/** A change of the page size passes through another journal mode, and may have died there. */
function stillOurs(span: Span, now: FileSettings): Partial<FileSettings> {
  const { before, after } = span;
  const keys = changedKeys(span).filter((key) => now[key] === after[key]);
  const hasDiedWithin = before.pageSize !== after.pageSize && now.journalMode !== before.journalMode;
  return pick(before, hasDiedWithin ? [...keys, 'journalMode'] : keys);
}

function pick(settings: FileSettings, keys: readonly (keyof FileSettings)[]): Partial<FileSettings> {
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

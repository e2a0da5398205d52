// The settings that a database file keeps beside its content: reading them, and what differs between two readings.

import type { FileSettings } from '../journal/event.ts';
import type { TargetFacts } from './facts.ts';
import type { ReadSession, SessionOptions } from './session.ts';

const autoVacuumModes = ['none', 'full', 'incremental'] as const;

/** `facts`: of the live file, where `session` reads a private copy of it. */
export async function readSettings(
  session: ReadSession,
  options?: SessionOptions & { readonly facts?: TargetFacts },
): Promise<FileSettings> {
  const { journalMode, pageSize } = options?.facts ?? (await session.facts(options));
  const limits = { maxRows: 1, maxBytes: 1024 };
  const { rows } = await session.query({ sql: 'PRAGMA auto_vacuum' }, limits, options);
  const mode = autoVacuumModes[Number(Object.values(rows[0] ?? {})[0] ?? 0)] ?? 'none';
  return { journalMode, autoVacuum: mode, pageSize };
}

/** Such as `page_size: 4096 → 8192`; only what `wanted` names. */
export function settingChanges(now: FileSettings, wanted: Partial<FileSettings>): string[] {
  return (
    [
      ['journal_mode', now.journalMode, wanted.journalMode],
      ['auto_vacuum', now.autoVacuum, wanted.autoVacuum],
      ['page_size', now.pageSize, wanted.pageSize],
    ] as const
  )
    .filter(([, from, to]) => to !== undefined && to !== from)
    .map(([name, from, to]) => `${name}: ${from} → ${to}`);
}

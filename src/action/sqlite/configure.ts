// `sqlite.configure`: the settings that are kept in the file.

import { Type } from 'typebox';
import type { ReadSession, TargetFacts } from '../../target/index.ts';
import { defineAction } from '../action.ts';
import { choice, inputs, list, optional, outputs, target, text } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteConfigure = defineAction({
  name: 'sqlite.configure',
  summary: 'Set what is kept in the file: journal mode, auto-vacuum, page size',
  description:
    'Sets only what is given and only what differs. A new page size or a change of auto-vacuum from or to `none` rewrites the file with VACUUM; the page size cannot change while the journal mode is `wal`, so the action leaves WAL and returns to it.',
  with: inputs({
    target: target(),
    journalMode: optional(
      choice(
        ['wal', 'delete', 'truncate', 'persist'],
        'How transactions are made safe. `wal` lets readers and one writer work at the same time.',
      ),
    ),
    autoVacuum: optional(
      choice(['none', 'full', 'incremental'], 'Whether free pages are given back by themselves.'),
    ),
    pageSize: optional(
      Type.Unsafe<512 | 1024 | 2048 | 4096 | 8192 | 16384 | 32768 | 65536>({
        type: 'integer',
        enum: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
        description: 'Bytes per page, a power of two.',
      }),
    ),
  }),
  outputs: outputs({
    changed: list(
      text('Such as `journal_mode: delete → wal`.'),
      'The settings that were changed; empty when all were so already.',
    ),
  }),
  effect: 'maintain',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'own',
  availability: 'available',
  check(input) {
    const isGiven = (['journalMode', 'autoVacuum', 'pageSize'] as const).some(
      (key) => input[key] !== undefined,
    );
    return isGiven
      ? []
      : [{ path: [], message: 'expected `journalMode`, `autoVacuum` or `pageSize`, found none' }];
  },
  async preview(input, context) {
    const facts = await context.facts(input.target);
    const session = await context.reader(input.target);
    const changes = differences(input, await settingsOf(session, facts));
    return {
      state: 'would-run',
      lines: changes.length === 0 ? ['all is set so already'] : changes,
      changesSomething: changes.length > 0,
    };
  },
  async run(input, context) {
    const session = await context.writer(input.target);
    const options = sessionOptions(context);
    const before = await settingsOf(session, await session.facts(options));
    const wanted = differences(input, before);
    if (wanted.length === 0) return { outputs: { changed: [] } };
    const { journalMode, autoVacuum, pageSize } = input;
    await session.configure(
      {
        ...(journalMode === undefined ? {} : { journalMode }),
        ...(autoVacuum === undefined ? {} : { autoVacuum }),
        ...(pageSize === undefined ? {} : { pageSize }),
      },
      options,
    );
    return { outputs: { changed: wanted } };
  },
});

interface Settings {
  readonly journalMode?: string;
  readonly autoVacuum?: string;
  readonly pageSize?: number;
}

const autoVacuumModes = ['none', 'full', 'incremental'] as const;

async function settingsOf(session: ReadSession, facts: TargetFacts): Promise<Required<Settings>> {
  const { rows } = await session.query({ sql: 'PRAGMA auto_vacuum' }, { maxRows: 1, maxBytes: 1024 });
  const mode = autoVacuumModes[Number(Object.values(rows[0] ?? {})[0] ?? 0)] ?? 'none';
  return { journalMode: facts.journalMode, autoVacuum: mode, pageSize: facts.pageSize };
}

function differences(wanted: Settings, now: Required<Settings>): string[] {
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

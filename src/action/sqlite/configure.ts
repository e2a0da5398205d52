// `sqlite.configure`: the settings that are kept in the file.

import { Type } from 'typebox';
import type { FileSettings } from '../../journal/event.ts';
import { readSettings, settingChanges } from '../../target/index.ts';
import { defineAction } from '../action.ts';
import { choice, inputs, list, optional, outputs, target, text } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteConfigure = defineAction({
  name: 'sqlite.configure',
  summary: 'Set what is kept in the file: journal mode, auto-vacuum, page size',
  description:
    'Sets only what is given and only what differs. A new page size or a change of auto-vacuum rewrites the file with VACUUM; the page size cannot change while the journal mode is `wal`, so the action leaves WAL and returns to it. The file keeps whether its journal mode is `wal`; `delete`, `truncate` and `persist` last as long as the connection of the run. A failure later in the run sets all of it back, and reads it back, unless others have set it since.',
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
    const now = await readSettings(await context.reader(input.target), { facts });
    const changes = settingChanges(now, wantedOf(input));
    return {
      state: 'would-run',
      lines: changes.length === 0 ? ['all is set so already'] : changes,
      changesSomething: changes.length > 0,
    };
  },
  async run(input, context) {
    const session = await context.writer(input.target);
    const options = sessionOptions(context);
    const wanted = wantedOf(input);
    const changed = settingChanges(await readSettings(session, options), wanted);
    if (changed.length > 0) await session.configure(wanted, options);
    return { outputs: { changed } };
  },
});

function wantedOf({
  journalMode,
  autoVacuum,
  pageSize,
}: { readonly [Key in keyof FileSettings]?: FileSettings[Key] | undefined }): Partial<FileSettings> {
  return {
    ...(journalMode === undefined ? {} : { journalMode }),
    ...(autoVacuum === undefined ? {} : { autoVacuum }),
    ...(pageSize === undefined ? {} : { pageSize }),
  };
}

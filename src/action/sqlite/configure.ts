// `sqlite.configure`: the settings that are kept in the file.

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { choice, inputs, list, optional, outputs, target, text } from '../fields.ts';

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
});

// `sqlite.check`: is the database sound, and is everything there that should be?

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { choice, flag, identifier, inputs, list, optional, outputs, target, text } from '../fields.ts';

export const sqliteCheck = defineAction({
  name: 'sqlite.check',
  summary: 'Check that a database is sound and complete',
  description:
    'Opens the database, times a first read, and runs `PRAGMA quick_check` or `integrity_check`; with `foreignKeys` also `foreign_key_check`, with `tables` also that each of them exists. Problems make the step fail, each said in one line; with `fail: false` they are only outputs, so that a runbook can report them.',
  with: inputs({
    target: target(),
    mode: optional(
      choice(
        ['quick', 'integrity'],
        '`quick` (default) skips the comparison of indexes with their tables; `integrity` does everything and takes several times as long.',
      ),
    ),
    foreignKeys: optional(flag('Also look for rows whose foreign keys point nowhere. Default: false.')),
    tables: optional(
      list(identifier('A table.'), 'Tables or views that must exist.', { examples: [['users', 'sessions']] }),
    ),
    fail: optional(flag('Whether problems make the step fail (default: true) or are only outputs (false).')),
  }),
  outputs: outputs({
    ok: flag('True when no problem was found.'),
    problems: list(text('One problem in one line.'), 'The problems found, at most 100.'),
    latencyMs: Type.Number({ description: 'Milliseconds that opening and a first read took.' }),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});

// `runbook.run`: the declaration; this version does not run it.

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { anything, inputs, optional, outputs, text } from '../fields.ts';

export const runbookRun = defineAction({
  name: 'runbook.run',
  summary: 'Run another runbook as part of this one',
  description:
    'The plan inlines the steps of the other runbook, with ids `outer/inner`; gates, backups and undo are theirs. A runbook cannot call itself, also not through others.',
  with: inputs({
    runbook: text('A name, or a path from the project.', ['health-check']),
    params: optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        description: 'Values for its params.',
      }),
    ),
    targets: optional(
      Type.Unsafe<Readonly<Record<string, string>>>({
        type: 'object',
        additionalProperties: { type: 'string', format: 'target' },
        description: 'Its targets by name, each a target of this runbook.',
        examples: [{ db: 'db' }],
      }),
    ),
  }),
  outputs: outputs({
    outputs: anything<Readonly<Record<string, unknown>>>('The outputs that the other runbook declares.'),
  }),
  effect: 'destroy',
  isIdempotent: false,
  targetKeys: [],
  undo: 'declared',
  availability: 'planned',
});

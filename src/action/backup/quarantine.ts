// `backup.quarantine`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { inputs, outputs, path, target } from '../fields.ts';

export const backupQuarantine = defineAction({
  name: 'backup.quarantine',
  summary: 'Set a damaged database aside',
  description: 'Moves the database and its sidecar files aside, together, and never deletes them.',
  with: inputs({
    target: target(),
  }),
  outputs: outputs({
    path: path('Where they are.'),
  }),
  effect: 'destroy',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'own',
  availability: 'planned',
});

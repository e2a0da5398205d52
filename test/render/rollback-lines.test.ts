// What a person reads while a run is put back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRollbackLines } from '../../src/render/rollback-lines.ts';
import { createStyle } from '../../src/render/style.ts';

test('a rollback says what it puts back, from where, how long, and what proves it', () => {
  const lines = createRollbackLines(createStyle(false), 100);
  const note = (second: number, event: Parameters<typeof lines.note>[0]) =>
    lines.note(event, new Date(second * 1000).toISOString());
  const shown = [
    ...note(0, {
      type: 'rollback-started',
      reason: 'step `never`: no',
      operator: 'ada',
      pid: 1,
      processStart: '1',
      targets: [
        { target: 'a', how: 'restore', why: 'it changes the schema', backup: 'bak-1' },
        { target: 'b', how: 'rows', why: '' },
        { target: 'c', how: 'nothing', why: '' },
        { target: 'd', how: 'files', why: '', folder: '/q' },
      ],
    }),
    ...note(2, { type: 'undone', how: 'restore', target: 'a', proof: 'content equals backup bak-1' }),
    ...note(3, { type: 'undone', how: 'rows', target: 'b', rows: 3, proof: 'every row was read back' }),
    ...note(3, { type: 'undone', how: 'step', step: 'stop', proof: 'its undo has succeeded' }),
    ...note(4, { type: 'undo-failed', step: 'x', failure: { code: 'run/timeout', message: 'too late' } }),
    ...note(4, { type: 'accepted', step: 'x' }),
  ];
  assert.deepEqual(shown, [
    '',
    'rollback because of step `never`: no',
    '         a: restoring backup bak-1 (it changes the schema)',
    '         b: taking back what the run wrote, row by row',
    '         d: moving its files back from /q',
    'proved   a: content equals backup bak-1  2s',
    'proved   b: 3 rows taken back, every row was read back  1s',
    'undone   step stop: its undo has succeeded  0ms',
    'FAILED   x: too late [run/timeout]',
  ]);
});

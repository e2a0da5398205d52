import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextChunk } from '../../../src/operation/prune/next-chunk.ts';

test('a chunk that held the lock too long is halved, one that was quick is doubled', () => {
  assert.equal(nextChunk(500, 51, 50), 250);
  assert.equal(nextChunk(500, 24, 50), 1000);
  assert.equal(nextChunk(500, 40, 50), 500);
});

test('chunks stay between ten and a hundred thousand rows', () => {
  assert.equal(nextChunk(10, 10_000, 50), 10);
  assert.equal(nextChunk(90_000, 0, 50), 100_000);
});

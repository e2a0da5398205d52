// How much room a run may need when everything goes wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roomNeeds, type TargetRoom } from '../../src/engine/room.ts';

const mib = 1024 * 1024;
const on = (device: string) => ({ device, path: `/${device}`, freeBytes: 0 });
const room = (more: Partial<TargetRoom> = {}): TargetRoom => ({
  sizeBytes: 100 * mib,
  hasBackup: false,
  store: on('store'),
  folder: on('data'),
  scratch: on('state'),
  ...more,
});
const needs = (...rooms: readonly TargetRoom[]) =>
  Object.fromEntries(roomNeeds(rooms).map(({ fileSystem, bytes }) => [fileSystem.device, bytes / mib]));

test('backup and quarantine lie in the store, the -wal of a restore beside the database', () => {
  assert.deepEqual(needs(room()), { store: 304, data: 100, state: 100 });
});

test('what shares a file system is added up', () => {
  const one = on('one');
  assert.deepEqual(needs(room({ store: one, folder: one, scratch: one })), { one: 400 });
});

test('a backup that is already there takes no more room', () => {
  assert.deepEqual(needs(room({ hasBackup: true })), { store: 204, data: 100, state: 100 });
});

test('targets are put back one after another, their backups stay', () => {
  assert.deepEqual(needs(room(), room({ sizeBytes: 10 * mib })), { store: 314, data: 100, state: 100 });
});

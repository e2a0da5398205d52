// The bundled restore: an id or an instant, asked about, with the present state kept.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli } from '../support/cli.ts';
import { backUp, flipBit, notes, run, runbooks } from './recovery-support.ts';

const restore = [join(runbooks, 'restore.yaml'), '-p', 'database=app.db'];
const answered = ['--confirm', 'restore=app.db'];
const more = 'INSERT INTO notes(body) VALUES (1), (2), (3)';

test('by id: the database holds the backup again, and the state before is a backup', async () => {
  await using work = cli();
  work.database('app.db', notes);
  const id = await backUp(work, 'app.db');
  work.database('app.db', more);
  const { exitCode, outputs, result } = await run(work, [...restore, '-p', `backup=${id}`, ...answered]);
  assert.equal(exitCode, 0, result.rawStderr + result.rawStdout);
  assert.deepEqual([outputs.restored, outputs.recordsBefore, outputs.recordsAfter], [id, 503, 500]);
  const back = await run(work, [...restore, '-p', `backup=${outputs.keptAs}`, ...answered]);
  assert.equal(back.exitCode, 0, back.result.rawStderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 503);
});

test('by instant: the newest good one before it; a damaged one is passed over, and said', async () => {
  await using work = cli();
  work.database('app.db', notes);
  const good = await backUp(work, 'app.db');
  const bad = await backUp(work, 'app.db');
  await flipBit(work, bad);
  await sleep(10);
  const instant = new Date().toISOString();
  work.database('app.db', more);
  await backUp(work, 'app.db');
  const { exitCode, outputs, warnings, result } = await run(work, [
    ...restore,
    '-p',
    `before=${instant}`,
    ...answered,
  ]);
  assert.equal(exitCode, 0, result.rawStderr + result.rawStdout);
  assert.equal(outputs.restored, good);
  assert.match(warnings.join('\n'), new RegExp(`backup \`${bad}\` was passed over`));
});

test('without a backup or an instant nothing starts; unanswered nothing is put back', async () => {
  await using work = cli();
  work.database('app.db', notes);
  const id = await backUp(work, 'app.db');
  const unsaid = await run(work, [...restore, ...answered]);
  assert.equal(unsaid.exitCode, 4);
  assert.match(unsaid.message, /Say which backup/);
  work.database('app.db', more);
  const unanswered = await work.run(['run', ...restore, '-p', `backup=${id}`]);
  assert.equal(unanswered.exitCode, 4, unanswered.rawStderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM notes'), 503);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { abandonRun, inspectLease, leasePath, takeLease } from '../../src/lease/index.ts';
import { openAt, runFinished, runStarted, temporaryFolder } from '../journal/support.ts';
import { kill, newTarget, request, startHolder } from './support.ts';

test('abandoning an interrupted run records who and why, and frees its targets', async () => {
  const target = newTarget();
  using journal = openAt(join(temporaryFolder(), 'state'));
  const engine = await startHolder(target, 'run-a');
  journal.append('run-a', runStarted({ pid: engine.pid ?? 0, processStart: 'gone' }));
  journal.append('run-a', { type: 'lease-taken', target: 'orders', path: leasePath(target), token: 1 });
  await kill(engine);
  assert.equal(inspectLease(target).state, 'left');
  const view = await abandonRun(journal, 'run-a', { operator: 'ada', reason: 'restored by hand' });
  assert.equal(view.state, 'aborted');
  assert.deepEqual(view.abandoned, { operator: 'ada', reason: 'restored by hand' });
  assert.deepEqual(inspectLease(target), { state: 'free' });
  (await takeLease(target, request('run-b'))).release();
  const again = await abandonRun(journal, 'run-a', { operator: 'ada', reason: 'again' });
  assert.equal(again.abandoned?.reason, 'restored by hand');
});

test('a run that is at work, or has ended, is not abandoned', async () => {
  using journal = openAt(join(temporaryFolder(), 'state'));
  journal.append('run-a', runStarted());
  journal.append('run-b', runStarted());
  journal.append('run-b', runFinished());
  for (const id of ['run-a', 'run-b', 'run-z'])
    await assert.rejects(abandonRun(journal, id, { operator: 'ada', reason: 'r' }), {
      code: 'lease/not-abandonable',
    });
  assert.equal(journal.head().sequence, 3);
});

// Moving back the files that a run had set aside, after what it had put in their place is kept aside itself.

import type { RollbackWork } from '../engine/index.ts';
import { movedBefore, type TargetHistory } from '../journal/index.ts';

/** The folder of what the run had put there; undefined when it had put nothing there. */
export async function putBackFiles(work: RollbackWork, history: TargetHistory): Promise<string | undefined> {
  const { target } = history;
  const moved = movedBefore(history);
  const spec = work.specs.find(({ name }) => name === target);
  if (moved === undefined || spec === undefined) throw new Error(`no files of ${target} to move back`);
  const { folder, isReplaced } = moved;
  work.recorder.show({ type: 'progress', step: 'rollback', message: `moving back the files of ${target}` });
  await work.sessions.release(target);
  const { aside, proof } = await work.driver.returnFiles(
    spec,
    {
      ...(folder === undefined ? {} : { folder }),
      asideId: `${work.recorder.runId}-rollback`,
      isReplaced,
    },
    {
      announce: () => work.recorder.record({ type: 'undo-announced', how: 'files', target }),
      // Announced again when it is tried again; until it is done, nothing says that it was.
      withdraw: () => {},
    },
  );
  if (aside !== undefined) work.recorder.record({ type: 'quarantined', target, path: aside });
  work.recorder.record({ type: 'undone', how: 'files', target, proof });
  return aside;
}

// What befalls a rollback: its start, what was put back, what could not be.

import type { RollbackView, RunView, SettingsView } from '../run-view.ts';
import { type EventOf, type Handlers, knownStep, moveRun, moveStep, type RunDraft } from './fold.ts';

export const undoEvents: Handlers<'rollback-started' | 'quarantined' | 'undone' | 'undo-failed'> = {
  'rollback-started'({ run }, event, stored) {
    moveRun(stored, run, 'rolling-back');
    run.host = event.host ?? run.host;
    run.pid = event.pid;
    run.processStart = event.processStart;
    run.rollback = {
      reason: event.reason,
      targets: event.targets,
      undone: [],
      failures: [],
      quarantine: [],
    };
  },
  quarantined({ run }, { target, path }) {
    noteRollback(run, ({ quarantine }) => ({ quarantine: [...quarantine, { target, path }] }));
  },
  undone(fold, event, stored) {
    const { run } = fold;
    const { type, ...undone } = event;
    noteRollback(run, (rollback) => ({ undone: [...rollback.undone, undone] }));
    // Proven to be as before, whatever of them was in the file.
    fold.open = fold.open.filter((open) => open.event.target !== event.target);
    for (const id of undoneSteps(run, event)) {
      // A rollback that died before it could record may undo, and record, a second time.
      const step = knownStep(fold, stored, id);
      if (step.state !== 'rolled-back') moveStep(stored, step, 'rolled-back');
    }
    run.settings = run.settings.filter((settings) => !isBack(settings, event));
  },
  'undo-failed'({ run }, { target, step, failure }) {
    const failed = {
      failure,
      ...(target === undefined ? {} : { target }),
      ...(step === undefined ? {} : { step }),
    };
    noteRollback(run, (rollback) => ({ failures: [...rollback.failures, failed] }));
  },
};

function noteRollback(run: RunDraft, change: (rollback: RollbackView) => Partial<RollbackView>): void {
  if (run.rollback !== undefined) run.rollback = { ...run.rollback, ...change(run.rollback) };
}

/** The step itself, or every step that had committed to the target, or had set something of its file. */
function undoneSteps(run: RunView, event: EventOf<'undone'>): Set<string> {
  const { step, target, how } = event;
  if (step !== undefined) return new Set([step]);
  if (how === 'settings')
    return new Set(run.settings.filter((each) => isBack(each, event)).map((each) => each.step));
  const own = run.commits.filter((commit) => commit.target === target && commit.isAccepted !== true);
  return new Set(own.map((commit) => commit.step));
}

/** Settings lie in the file: they go back with it, too. */
function isBack({ target, isAccepted }: SettingsView, { target: undone, how }: EventOf<'undone'>): boolean {
  return target === undone && isAccepted !== true && (how === 'settings' || how === 'files');
}

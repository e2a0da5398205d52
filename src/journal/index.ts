export type {
  Effect,
  FileSettings,
  JournalEvent,
  LiveEvent,
  Measure,
  MovedFiles,
  RecordedFailure,
  RecordedSource,
  RecordedStep,
  RecordedTarget,
  RecordedUptime,
  RollbackDecision,
  RunEvent,
  StoredEvent,
} from './event.ts';
export { isLive } from './event.ts';
export { eventHash, genesisHash } from './format.ts';
export {
  historiesOf,
  type MovedBefore,
  movedBefore,
  type RecordedCommit,
  type RecordedSettings,
  type TargetHistory,
} from './history.ts';
export { type Evidence, findInterrupted, markInterrupted } from './interrupted.ts';
export type { Journal } from './journal.ts';
export { laterChange } from './later-change.ts';
export { neededBackups } from './needed-backups.ts';
export { type JournalOptions, openJournal } from './open-journal.ts';
export { type RunView, replay, type StepView } from './replay.ts';
export { outOfTurn } from './run-index.ts';
export type { GateView, RollbackView, ServiceView, SettingsView } from './run-view.ts';
export { finalRunStates, type RunState, runTransitions, type StepState, stepTransitions } from './state.ts';
export { journalPath } from './state-folder.ts';
export { wasTurnedAway } from './turned-away.ts';

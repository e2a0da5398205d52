export type { Continuation } from './continuation.ts';
export type { RunOutcome } from './finish.ts';
export type { Interruption } from './limit.ts';
export { recordedFailure } from './recorder.ts';
export type { RunRequest } from './request.ts';
export {
  automaticChoices,
  type RollBack,
  type RollbackChoices,
  type RollbackResult,
  type RollbackWork,
  type UndoKind,
} from './rollback.ts';
export { runPlan } from './run.ts';
export type { StandIn } from './stand-in.ts';
export { unanswerableGates } from './unanswerable-gates.ts';

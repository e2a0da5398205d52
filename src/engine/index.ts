export type { RunOutcome } from './finish.ts';
export type { Interruption } from './limit.ts';
export type { RunRequest } from './request.ts';
export { runPlan } from './run.ts';

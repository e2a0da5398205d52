export type { Interruption } from './limit.ts';
export type { RunRequest } from './request.ts';
export { type RunOutcome, runPlan } from './run.ts';

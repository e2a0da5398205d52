export { type Known, type StepBinding, staticBindings, toBindings } from './bindings.ts';
export { createPlan, needsLease } from './create.ts';
export { canonical, type Digest, digestOf } from './digest.ts';
export { type ActionInput, resolveInput, toPlain } from './input.ts';
export type { Plan, PlannedStep, PlannedTarget } from './plan.ts';
export { stepReferences } from './references.ts';
export type { PlanRequest } from './request.ts';
export { type PinnedFile, type ResolvedRun, type ResolveRequest, resolveRun } from './resolve.ts';
export { missingWaysBack } from './way-back.ts';

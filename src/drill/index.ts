export { type DrillRequest, drill } from './faults/drill.ts';
export { type EngineAnswer, type EngineJob, type FaultKind, faultKinds } from './faults/fault.ts';
export type { DrillProgress } from './faults/inject-all.ts';
export { type EngineTools, performJob } from './faults/perform-job.ts';
export type * from './faults/report.ts';
export { type FixtureRun, type Fixtures, fixtureOf, putOnFixtures } from './fixtures.ts';
export { type Rehearsed, type RehearseRequest, rehearse } from './rehearse.ts';
export type * from './report.ts';
export { type Stubbed, withStubs } from './stubs.ts';
export type { CaseFile, TestCase } from './test/case.ts';
export {
  type LoadCasesRequest,
  type LoadedCases,
  loadCases,
  runbookOf,
} from './test/load-cases.ts';
export { type CaseRequest, type CaseResult, runCase } from './test/run-case.ts';
export { unusedDeclarations } from './unused.ts';

export { type FixtureRun, type Fixtures, fixtureOf, putOnFixtures } from './fixtures.ts';
export { type Rehearsed, type RehearseRequest, rehearse } from './rehearse.ts';
export type * from './report.ts';
export { type Stubbed, withStubs } from './stubs.ts';
export { unusedDeclarations } from './unused.ts';

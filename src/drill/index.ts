export { type RehearseRequest, rehearse } from './rehearse.ts';
export type * from './report.ts';

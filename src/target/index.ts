export type * from './migration.ts';
export { realPathOf } from './real-path.ts';
export type * from './target.ts';

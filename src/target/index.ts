export type * from './migration.ts';
export type * from './target.ts';
export { realPathOf } from './real-path.ts';

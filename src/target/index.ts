export type * from './migration.ts';
export type * from './target.ts';

export type * from './facts.ts';
export type * from './migration.ts';
export type * from './prune.ts';
export { realPathOf } from './real-path.ts';
export type * from './schema.ts';
export type * from './session.ts';
export { readSettings, settingChanges } from './settings.ts';
export type * from './target.ts';
export type * from './undo.ts';

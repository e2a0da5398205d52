export { type MigrateResult, type MigrateWork, migrate } from './migrate.ts';
export type { Migration, Part } from './migration.ts';
export { parsePart } from './part.ts';
export type { MigrateRequest } from './prepare.ts';
export { type MigratePreview, previewMigrate } from './preview.ts';
export { readFolder } from './read-folder.ts';
export { markerForm, parseSections } from './sections.ts';

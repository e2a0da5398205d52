export { type MigrateResult, type MigrateWork, migrate } from './migrate.ts';
export type { MigrateRequest } from './prepare.ts';
export { type MigratePreview, previewMigrate } from './preview.ts';

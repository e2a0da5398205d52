export {
  type FixtureBackup,
  type FixtureDeclaration,
  type FixtureSource,
  findScoped,
  readFixtureSource,
  readScopedName,
  type StubDeclaration,
} from './fixture.ts';
export { type LoadedProject, loadProject, type ProjectRequest } from './load-project.ts';
export { type ParsedProject, parseProject } from './parse-project.ts';
export { bundledRunbookFolder, findProjectFile, resolvePath } from './paths.ts';
export { type LintProfile, type Policy, type PolicyWindow, weekdays } from './policy.ts';
export type {
  CatalogueTarget,
  Environment,
  Project,
  ProjectDefaults,
  Schedule,
  StoreConfig,
} from './project.ts';
export { findRunbook, isCaseFile, type ListedRunbook, listCaseFiles, listRunbooks } from './runbooks.ts';
export { decodeText, filesOnDisk, type PinnedText, pinnedFiles, type SourceFiles } from './source-files.ts';

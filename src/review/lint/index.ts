export { type Ignored, ignoresIn } from './ignores.ts';
export { type FilesResult, type FileToLint, lintFiles } from './lint-files.ts';
export { lintRunbook } from './lint-runbook.ts';
export type { LintOptions, LintResult } from './options.ts';
export { rules } from './registry.ts';
export { type Example, isInProfile, type LintCode, type Profile, profiles, type Rule } from './rule.ts';

export {
  type Change,
  type ChangeLevel,
  changeToFinding,
  reaches,
} from './change.ts';
export { compareFiles } from './compare-files.ts';
export { comparePlans, readPlan } from './compare-plans.ts';
export { type Comparison, compareTrees } from './compare-trees.ts';
export { openFolderTree } from './folder-tree.ts';
export { openGitRange } from './git-range.ts';
export type { SourceTree } from './source-tree.ts';
export { type Counts, countsOf, verdictOf } from './verdict.ts';

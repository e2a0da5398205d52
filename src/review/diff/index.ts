export {
  type Change,
  type ChangeCategory,
  type ChangeLevel,
  changeToFinding,
  compareChanges,
  reaches,
} from './change.ts';
export { compareFiles, type FilesRequest } from './compare-files.ts';
export { comparePlans, readPlan } from './compare-plans.ts';
export { type Comparison, compareTrees } from './compare-trees.ts';
export { openFolderTree } from './folder-tree.ts';
export { type GitRange, openGitRange } from './git-range.ts';
export { openGitTree } from './git-tree.ts';
export type { SourceTree, TreeFile, TreeText } from './source-tree.ts';
export { type Counts, countsOf, verdictOf } from './verdict.ts';

export {
  type Change,
  type ChangeCategory,
  type ChangeLevel,
  changeToFinding,
  compareChanges,
  reaches,
} from './change.ts';
export { type Comparison, compareTrees } from './compare-trees.ts';
export { openFolderTree } from './folder-tree.ts';
export type { SourceTree, TreeFile, TreeText } from './source-tree.ts';
export { type Counts, countsOf, verdictOf } from './verdict.ts';

export { decideRollback } from './decide.ts';
export { historiesOf, type RecordedCommit, type TargetHistory } from './history.ts';
export { rollBack } from './rollback.ts';

export { decideRollback } from './decide.ts';
export { rollBack } from './rollback.ts';

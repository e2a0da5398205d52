export { isPragmaAllowed, modules, refusedFunctions } from './allowed.ts';
export { describeHolders, type LockHolder, lockHolders } from './child/lock-holders.ts';
export { type ClientOptions, type SqliteClient, startClient, stopped } from './client.ts';
export { type CommitMark, compareMarks, walMark } from './commit-mark.ts';
export {
  type Compilation,
  type CompiledAction,
  type Instruction,
  openSqlCompiler,
  type SqlCompiler,
} from './compiler.ts';
export {
  isBusy,
  type OwnDatabase,
  type OwnDatabaseOptions,
  openOwnDatabase,
  sleepSync,
  sqliteCode,
} from './own.ts';
export type { DatabaseFacts, OpenArgs, OperationName, Operations } from './protocol.ts';
export {
  isBlank,
  leadingWords,
  parametersOf,
  quoteName,
  splitStatements,
  type Token,
  tokenize,
} from './statements.ts';

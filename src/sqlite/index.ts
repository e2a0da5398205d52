export { describeHolders, type LockHolder, lockHolders } from './child/lock-holders.ts';
export { type ClientOptions, type SqliteClient, startClient, stopped } from './client.ts';
export { type CommitMark, compareMarks, walMark } from './commit-mark.ts';
export {
  isBusy,
  type OwnDatabase,
  type OwnDatabaseOptions,
  openOwnDatabase,
  sleepSync,
  sqliteCode,
} from './own.ts';
export type { DatabaseFacts, OpenArgs, OperationName, Operations } from './protocol.ts';
export { isBlank, leadingWords, quoteName, splitStatements, type Token, tokenize } from './statements.ts';

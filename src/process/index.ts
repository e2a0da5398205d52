export { endRecordedProcess, type RecordedProcess, survivors } from './end-recorded.ts';
export { askGit, type GitAnswer } from './git.ts';
export {
  isOutOfSight,
  isSameProcess,
  operatorName,
  type ProcessIdentity,
  processStart,
  thisProcess,
} from './identity.ts';
export { type NodeProgram, type NodeProgramEnd, startNodeProgram } from './node-program.ts';
export { runNodeScript } from './node-script.ts';
export { createProgramService, type ProgramServiceOptions, prepareForPrograms } from './programs.ts';
export {
  isSqlChild,
  type SqlChild,
  type SqlChildEnd,
  type SqlChildOptions,
  startSqlChild,
} from './sql-child.ts';
export { isSignedBy, signWithKey } from './ssh-key.ts';
export { stepLogPath } from './step-log.ts';
export { elapsedMs, type Uptime, upNow, uptime } from './uptime.ts';

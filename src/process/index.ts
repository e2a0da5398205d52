export { endRecordedProcess, type RecordedProcess } from './end-recorded.ts';
export { askGit, type GitAnswer } from './git.ts';
export { isSameProcess, operatorName, type ProcessIdentity, processStart, thisProcess } from './identity.ts';
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

export type { CodeEntry } from './code-table.ts';
export { type Code, codes } from './codes.ts';
export { escapeJson, escapeLine, escapeTerminal } from './escape.ts';
export { type ExitCode, exitCodes } from './exit-code.ts';
export { type ExitMeaning, exitMeanings } from './exit-meanings.ts';
export {
  compareFindings,
  Failure,
  type FailureOptions,
  type Finding,
  FindingsFailure,
  hasErrors,
  type Level,
  type Place,
} from './finding.ts';
export { systemFailure } from './system-failure.ts';

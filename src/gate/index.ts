export { questionText, type Terminal } from './ask-operator.ts';
export { type ConfirmRequest, confirm } from './confirm.ts';
export { createGateKeeper, type GateKeeperOptions } from './create-gate-keeper.ts';
export { type ApprovalVerdict, type CountedDecision, decideApproval } from './decide-approval.ts';
export type { GateAnswer, GateKeeper, GateQuestion } from './gate-keeper.ts';
export { type GateTime, gateTime, setBackWords } from './gate-time.ts';
export {
  type ApprovalQuestion,
  closeInbox,
  collectDecisions,
  type Decision,
  type FoundDecision,
  openInbox,
  readQuestion,
  writeDecision,
} from './inbox.ts';
export { isSelf, type Judged, judgeDecision, signedText } from './judge-decision.ts';
export { isInGroup, nameOf, type Person, thisPerson } from './person.ts';

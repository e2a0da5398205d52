export { questionText, type Terminal } from './ask-operator.ts';
export { type ConfirmRequest, confirm } from './confirm.ts';
export { createGateKeeper, type GateKeeperOptions } from './create-gate-keeper.ts';
export type { GateAnswer, GateKeeper, GateQuestion } from './gate-keeper.ts';

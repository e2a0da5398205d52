export { type ConfirmRequest, confirm } from './confirm.ts';

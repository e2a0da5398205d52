export { isSameProcess, operatorName, type ProcessIdentity, processStart, thisProcess } from './identity.ts';

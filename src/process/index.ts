export { isSameProcess, operatorName, type ProcessIdentity, processStart, thisProcess } from './identity.ts';
export { runNodeScript } from './node-script.ts';

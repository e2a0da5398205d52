import { defineCodes } from '../code-table.ts';

export const backupCodes = defineCodes({});

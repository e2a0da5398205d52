import { defineCodes } from '../code-table.ts';

export const runCodes = defineCodes({});

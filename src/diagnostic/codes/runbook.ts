import { defineCodes } from '../code-table.ts';

export const runbookCodes = defineCodes({});

import { defineCodes } from '../code-table.ts';

export const journalCodes = defineCodes({});

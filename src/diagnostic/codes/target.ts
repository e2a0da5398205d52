import { defineCodes } from '../code-table.ts';

export const targetCodes = defineCodes({});

import { defineCodes } from '../code-table.ts';

export const planCodes = defineCodes({});

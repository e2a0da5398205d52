import { defineCodes } from '../code-table.ts';

export const usageCodes = defineCodes({});

import { defineCodes } from '../code-table.ts';

export const processCodes = defineCodes({});

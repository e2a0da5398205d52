import { defineCodes } from '../code-table.ts';

export const sqliteCodes = defineCodes({});

import { defineCodes } from '../code-table.ts';

export const actionCodes = defineCodes({});

import { defineCodes } from '../code-table.ts';

export const expressionCodes = defineCodes({});

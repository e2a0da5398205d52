import { defineCodes } from '../code-table.ts';

export const documentCodes = defineCodes({});

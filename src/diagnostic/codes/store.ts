import { defineCodes } from '../code-table.ts';

export const storeCodes = defineCodes({});

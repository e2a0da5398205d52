import { defineCodes } from '../code-table.ts';

export const gateCodes = defineCodes({});

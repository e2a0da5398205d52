import { defineCodes } from '../code-table.ts';

export const leaseCodes = defineCodes({});

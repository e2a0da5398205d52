import { defineCodes } from '../code-table.ts';

export const projectCodes = defineCodes({});

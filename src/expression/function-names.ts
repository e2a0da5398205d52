// The names an expression may call, for completion and the reference page.

import { functions, macroNames } from './functions/index.ts';

export const functionNames: readonly string[] = [...new Set([...functions.keys(), ...macroNames])].sort();

// The limits that hold before anything is built from a text.

export const limits = {
  bytes: 1024 * 1024,
  depth: 64,
  aliases: 20,
} as const;

/** Keys that mean something to JavaScript's objects; refused everywhere. */
export const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

// Plain values: what may cross a module boundary, a process boundary or the journal.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A value as an expression or an action sees it: JSON, and the four kinds JSON lacks. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Timestamp
  | Duration
  | readonly Value[]
  | { readonly [key: string]: Value };

/** An instant. `epochMs` is milliseconds since 1970 UTC. */
export class Timestamp {
  readonly epochMs: number;
  constructor(epochMs: number) {
    this.epochMs = epochMs;
  }
  toJSON(): string {
    return new Date(this.epochMs).toISOString();
  }
}

/** A length of time. */
export class Duration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  toJSON(): string {
    return `${this.ms}ms`;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

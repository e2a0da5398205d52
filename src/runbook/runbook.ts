// A compiled runbook: names resolved, types checked, order fixed. Plain values; nothing here touches the world.

import type { Value } from '../base/index.ts';
import type { Place } from '../diagnostic/index.ts';
import type { Expression, Template, ValueType } from '../expression/expression.ts';
import type { Effect } from '../journal/event.ts';

export interface Runbook {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string | number | boolean>>;
  readonly links: Readonly<Record<string, string>>;
  /** Absolute path of the file. */
  readonly path: string;
  /** As shown. */
  readonly file: string;
  /** Absolute folder relative paths are relative to. */
  readonly projectFolder: string;
  /** Every file compiled into it, itself first: for the digest and for pinning. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly params: readonly Param[];
  readonly secrets: readonly Secret[];
  readonly targets: readonly TargetDeclaration[];
  readonly timeoutMs?: number;
  readonly preconditions: readonly Step[];
  readonly steps: readonly Step[];
  readonly always: readonly Step[];
  readonly outputs: Readonly<Record<string, Template>>;
}

export type ParamType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'path'
  | 'duration'
  | 'size'
  | 'timestamp'
  | 'enum'
  | 'list'
  | 'object'
  | 'identifier'
  | 'sql';

export interface Param {
  readonly name: string;
  readonly type: ParamType;
  readonly isRequired: boolean;
  readonly description: string;
  /** As written, before conversion; absent when there is none. */
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  /** Of a list. */
  readonly items?: Omit<Param, 'name' | 'isRequired' | 'description'>;
  readonly properties?: Readonly<Record<string, Omit<Param, 'name' | 'isRequired' | 'description'>>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly valueType: ValueType;
  readonly place: Place;
}

export interface Secret {
  readonly name: string;
  readonly source: { readonly env: string } | { readonly file: string };
  readonly place: Place;
}

export interface TargetDeclaration {
  readonly name: string;
  readonly driver?: 'sqlite';
  readonly path?: Template;
  /** Name in the catalogue. */
  readonly use?: Template;
  readonly expect: 'ok' | 'any';
  readonly backup?: BackupDeclaration;
  readonly place: Place;
}

export interface BackupDeclaration {
  readonly store?: string;
  readonly before?: 'change' | 'maintain';
  readonly verify?: 'quick' | 'integrity';
  readonly keep?: Value;
}

export interface Step {
  readonly id: string;
  readonly name?: string;
  /** Shown: the name, else what it does. */
  readonly title: string;
  readonly kind: 'action' | 'assert';
  readonly action?: string;
  /** The strongest effect it can have; `read` for an assert. */
  readonly effect: Effect;
  /** Names of targets that it touches, constant at compile time. */
  readonly targets: readonly string[];
  readonly if?: Expression;
  readonly preconditions: readonly Step[];
  readonly with: TemplateTree;
  readonly assert?: Expression;
  readonly ensure?: Expression;
  readonly message?: Template;
  readonly forEach?: ForEach;
  readonly retry?: Retry;
  readonly timeoutMs?: number;
  readonly onFailure: 'rollback' | 'continue' | 'abort';
  /** Outputs the step declares over `self`, beside the action's own. */
  readonly outputs: Readonly<Record<string, Template>>;
  readonly place: Place;
  /** Places of keys below the step, by JSON pointer such as `/with/sql`. */
  readonly places: Readonly<Record<string, Place>>;
}

export interface ForEach {
  readonly items: Expression | readonly Template[];
  readonly as: string;
  readonly key?: Expression;
  readonly maxParallel: number;
}

export interface Retry {
  /** Retries after the first attempt. */
  readonly limit: number;
  readonly intervalMs: number;
  readonly backoff: number;
  readonly maxIntervalMs?: number;
}

/** `with` as written, with templates at its leaves. */
export type TemplateTree = Template | readonly TemplateTree[] | { readonly [key: string]: TemplateTree };

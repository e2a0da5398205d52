// A compiled runbook: names resolved, types checked, order fixed. Plain values; nothing here touches the world.

import type { Value } from '../base/index.ts';
import type { Place } from '../diagnostic/index.ts';
import type { Expression, Template, ValueType } from '../expression/expression.ts';
import type { Effect } from '../journal/event.ts';
import type { ParamType } from './param-types.ts';

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

export type { ParamType } from './param-types.ts';

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
  /** Made by the run, empty, and removed at its end. */
  readonly isScratch?: boolean;
  readonly isExclusive?: boolean;
  readonly backup?: BackupDeclaration | NoBackup;
  /** An automatic restore goes on although others have written. */
  readonly discardsForeignWrites?: boolean;
  readonly place: Place;
}

/** The database can be made again. */
export interface NoBackup {
  readonly kind: 'none';
  readonly reason: string;
}

export interface BackupDeclaration {
  readonly kind: 'backup';
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
  /** `gate`: it only asks. */
  readonly kind: 'action' | 'assert' | 'gate';
  readonly action?: string;
  /** The strongest effect it can have; `read` for an assert. */
  readonly effect: Effect;
  /** Names of targets that it touches, constant at compile time. */
  readonly targets: readonly string[];
  /** Scratch targets that it touches: nothing of them is leased, backed up or put back. */
  readonly scratchTargets: readonly string[];
  readonly if?: Expression;
  readonly preconditions: readonly Step[];
  /** Asked before the step does anything. */
  readonly gate?: Gate;
  readonly with: TemplateTree;
  readonly assert?: Expression;
  readonly ensure?: Expression;
  readonly message?: Template;
  readonly forEach?: ForEach;
  readonly retry?: Retry;
  readonly timeoutMs?: number;
  readonly onFailure: 'rollback' | 'continue' | 'abort';
  /** Once this step has succeeded, a later failure no longer puts targets back. */
  readonly accept?: boolean;
  /** Absent: by the backup of the target, or by what the action knows of itself. */
  readonly rollback?: DeclaredRollback;
  /** What it yields where it must not really run. */
  readonly stub?: Readonly<Record<string, Template>>;
  /** An outside effect that a rehearsal really has. */
  readonly rehearse?: 'run';
  /** Outputs the step declares over `self`, beside the action's own. */
  readonly outputs: Readonly<Record<string, Template>>;
  readonly place: Place;
  /** Places of keys below the step, by JSON pointer such as `/with/sql`. */
  readonly places: Readonly<Record<string, Place>>;
}

export type DeclaredRollback = DeclaredUndo | PointOfNoReturn;

/** What takes the step back, beside the targets. */
export interface DeclaredUndo
  extends Pick<Step, 'effect' | 'targets' | 'with' | 'place' | 'places'>,
    Required<Pick<Step, 'action'>> {
  readonly kind: 'action';
}

export interface PointOfNoReturn {
  readonly kind: 'none';
  readonly reason: string;
}

export type Gate = ConfirmGate | ApprovalGate;

/** The operator answers. */
export interface ConfirmGate {
  readonly kind: 'confirm';
  readonly message: Template;
  /** What has to be typed instead of yes. */
  readonly expect?: Template;
  /** Unanswered for so long means declined. */
  readonly timeoutMs: number;
}

/** Other people answer, while the run lies still. */
export interface ApprovalGate {
  readonly kind: 'approval';
  readonly message: Template;
  /** User names, `@group`, `key:` with an SSH public key; constants, so that no param names its own approver. */
  readonly approvers: readonly string[];
  readonly minApprovals: number;
  readonly preventsSelfApproval: boolean;
  readonly timeoutMs: number;
  /** The approval no longer holds when more rows than this would change. */
  readonly maxRows?: number;
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

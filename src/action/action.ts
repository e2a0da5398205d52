// The contract of an action: a declaration (schema of `with`, outputs, effect, preview, undo) and a thin run.
// The declaration is the one source of schema, types, reference page and editor hovers.

import type { Static, TObject } from 'typebox';
import type { BackupEntry } from '../backup/manifest.ts';
import type { Clock, JsonObject, Masker, Value } from '../base/index.ts';
import type { Code } from '../diagnostic/index.ts';
import type { Effect, JournalEvent, Measure } from '../journal/event.ts';
import type { SourceFiles } from '../project/index.ts';
import type {
  DatabaseSchema,
  ReadSession,
  SetAside,
  TargetFacts,
  TargetHolders,
  TargetProgress,
  TargetSpec,
  WriteSession,
} from '../target/index.ts';

/** How a later rollback takes the action back. */
export type Undo = 'none-needed' | 'rows-or-restore' | 'restore' | 'own' | 'declared';

export interface ActionDeclaration<W extends TObject = TObject, O extends TObject = TObject> {
  /** `domain.verb` */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** For the reference page: what it guarantees, in two to five sentences. */
  readonly description: string;
  readonly with: W;
  readonly outputs: O;
  /** The strongest effect it can have. */
  readonly effect: Effect;
  /** Running it twice leaves what running it once leaves. */
  readonly isIdempotent: boolean;
  /** Keys of `with` that hold the name of a target of the runbook, or a list of such names. */
  readonly targetKeys: readonly (keyof Static<W> & string)[];
  readonly undo: Undo;
  /** `planned`: the format knows it, this version refuses to run it. */
  readonly availability: 'available' | 'planned';
  /**
   * A plan may run it: it reads only through `reader` and `facts`, or looks at the disk. Its outputs then decide
   * later conditions of the plan.
   */
  readonly isPlannable?: boolean;
  /** It works on a target that is absent or cannot be read (`expect: any`). */
  readonly worksUnreadable?: boolean;
}

export interface Action<W extends TObject = TObject, O extends TObject = TObject>
  extends ActionDeclaration<W, O> {
  /** What a plan shows. Reads only. Absent: the plan says `would-run` without a preview. */
  readonly preview?: (input: Static<W>, context: PreviewContext) => Promise<Preview>;
  /** Checks of the compiled `with` that a schema cannot make and that need no database; runs at validate time. */
  readonly check?: (input: JsonObject) => readonly InputProblem[];
  /** What takes a run of it back, from its resolved input and its outputs; undefined when there is nothing to undo. */
  readonly undoOf?: (
    input: Readonly<Record<string, unknown>>,
    outputs: Readonly<Record<string, unknown>>,
  ) => UndoStep | undefined;
  /** Absent exactly when `availability` is `planned`. */
  readonly run?: (input: Static<W>, context: RunContext) => Promise<ActionResult<Static<O>>>;
}

/** An action and its `with`, as data. */
export interface UndoStep {
  readonly action: string;
  readonly with: Readonly<Record<string, unknown>>;
}

export interface InputProblem {
  /** Absent: the code of input that does not fit the schema. */
  readonly code?: Code;
  /** Path inside `with`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix?: string;
}

export interface ActionResult<O> {
  readonly outputs: O;
  readonly measures?: readonly Measure[];
  /** The action itself says no (a check that found problems): the step has failed, with outputs kept. */
  readonly failed?: { readonly message: string; readonly fix?: string };
  readonly warnings?: readonly string[];
}

export interface Preview {
  /** `not-simulated` needs a reason in `lines`. */
  readonly state: 'would-run' | 'skipped-by-condition' | 'unknown-until-run' | 'not-simulated';
  /** Complete sentences or `table: n rows`; no clocks, no machine paths. */
  readonly lines: readonly string[];
  /** The same, for JSON. */
  readonly facts?: JsonObject;
  /** False when the action would find nothing to do. */
  readonly changesSomething?: boolean;
  /** SQL that will run, in full. */
  readonly sql?: readonly string[];
}

/** What an action may use while planning: pure readers, nothing that acts. */
export interface PreviewContext {
  readonly clock: Clock;
  /** Fixed `now` of the plan. */
  readonly now: Date;
  /** SQL files and migrations. */
  readonly files: SourceFiles;
  target(name: string): TargetSpec;
  facts(name: string): Promise<TargetFacts>;
  /** A pure session; fails with `target/not-simulated`. */
  reader(name: string): Promise<ReadSession>;
  schema(name: string): Promise<DatabaseSchema>;
  backups(name: string, store?: string): Promise<readonly BackupEntry[]>;
  /** Ids of backups that runs still need, with whom. */
  neededBackups(): Promise<ReadonlyMap<string, string>>;
  /** True under `--probe-external`. */
  readonly mayProbeExternal: boolean;
}

/** What an action may use while running. */
export interface RunContext {
  readonly runId: string;
  /** `step` or `step[key]` */
  readonly stepId: string;
  readonly clock: Clock;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly masker: Masker;
  /** Absolute folder of the project; relative paths in runbooks are already absolute here. */
  readonly projectFolder: string;
  /** SQL files and migrations, as they were pinned at the start of the run. */
  readonly files: SourceFiles;
  /** The run's private temporary folder, removed at the end. */
  readonly scratchFolder: string;
  target(name: string): TargetSpec;
  facts(name: string): Promise<TargetFacts>;
  /** Who else has the target open. */
  holders(name: string): TargetHolders;
  /** A reading session on the live target. */
  reader(name: string): Promise<ReadSession>;
  /** The session under the lease. Only for actions whose effect is not `read`. */
  writer(name: string): Promise<WriteSession>;
  progress(progress: TargetProgress): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
  /** Appends to the journal before returning. */
  record(event: JournalEvent): void;
  readonly backups: BackupService;
  readonly programs: ProgramService;
  warn(message: string): void;
}

/** Backups as actions use them; implemented by `backup/`. */
export interface BackupService {
  create(
    target: string,
    options: { store?: string; label?: string; verify: 'quick' | 'integrity' },
  ): Promise<BackupEntry>;
  list(target: string, store?: string): Promise<readonly BackupEntry[]>;
  /** Reads the artifact whole: sha256, open, check, content hash. */
  verify(
    id: string,
    level: 'quick' | 'integrity',
  ): Promise<{ entry: BackupEntry; problems: readonly string[] }>;
  /** Leaves out the copies that the engine took for itself. */
  expire(target: string, keep: KeepPolicy, store?: string): Promise<readonly ExpiryDecision[]>;
  /** Only the copies with this label. */
  expireOwn(target: string, label: string, keep: KeepPolicy): Promise<void>;
  /** Verifies the backup, writes it into the live database, and proves that it holds it. `from`: a folder of backups. */
  restore(
    target: string,
    id: string,
    options: { from?: string; allowsOtherDatabase: boolean },
  ): Promise<{ entry: BackupEntry; pages: number; contentHash: string }>;
  /** Moves the files of a target aside, recorded; undefined when there are none. */
  quarantine(target: string): Promise<SetAside | undefined>;
  /** Moves the files of a quarantine back where nothing is. */
  putBack(target: string, folder: string): Promise<SetAside>;
}

/** Retention as restic means it. At least one rule; an empty policy is refused. */
export interface KeepPolicy {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** Milliseconds. */
  readonly within?: number;
}

export interface ExpiryDecision {
  readonly entry: BackupEntry;
  readonly action: 'keep' | 'remove';
  /** Such as `last 1 of 30`, `newest verified`, `pinned by run-…, which can still be put back`. */
  readonly reasons: readonly string[];
}

/** Programs as actions use them; implemented by `process/`. */
export interface ProgramService {
  run(program: ProgramSpec): Promise<ProgramResult>;
}

export interface ProgramSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Masked; at most 64 KiB, the end kept. */
  readonly stdout: string;
  readonly stderr: string;
  /** The whole output, masked. */
  readonly logFile: string;
}

/** Keeps the types of `with` and `outputs` together with the functions that use them. */
export function defineAction<W extends TObject, O extends TObject>(action: Action<W, O>): Action<W, O> {
  return action;
}

export type AnyAction = Action<TObject, TObject>;
export type ResolvedInput = Readonly<Record<string, Value>>;

// The inbox of a waiting run: `<state>/inbox/<run>/`, where the question lies for everybody to read and each approver
// leaves a decision as a file of their own. Owns its permissions: others may enter the state folder by then, and nothing
// else in it stays readable to them.

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Uptime } from '../process/index.ts';
import type { GateQuestion } from './gate-keeper.ts';
import type { Person } from './person.ts';

/** What is to be approved, as everybody may read it: masked. */
export interface ApprovalQuestion extends GateQuestion {
  readonly digest: string;
  readonly expiresAt: string;
  /** How long the machine had been up when it was asked. */
  readonly askedUp?: Uptime;
  readonly approvers: readonly string[];
  readonly minApprovals: number;
  readonly preventsSelfApproval: boolean;
  readonly operator: Person;
  /** Of the run; its policy may say how an approval is given. */
  readonly environment?: string;
}

export interface Decision {
  readonly version: 1;
  readonly run: string;
  readonly step: string;
  readonly digest: string;
  readonly decision: 'approved' | 'rejected';
  readonly by: Person;
  readonly at: string;
  readonly reason?: string;
  /** The public key of the list that it is signed with, and the signature. */
  readonly key?: string;
  readonly signature?: string;
}

/** A decision as it lay there, with the owner of its file. */
export interface FoundDecision {
  readonly file: string;
  readonly ownerUid: number;
  /** Undefined when the file is none that this version understands. */
  readonly decision: Decision | undefined;
}

const questionFile = 'question.json';
const mostBytes = 64 * 1024;
const journalFiles = ['journal.db', 'journal.db-wal', 'journal.db-shm'];

/** Fails with `gate/no-inbox`. */
export function openInbox(stateFolder: string, question: ApprovalQuestion): void {
  const folder = inboxFolder(stateFolder, question.runId);
  try {
    // Order: first what is private, then the door.
    for (const name of journalFiles)
      if (statSync(join(stateFolder, name), { throwIfNoEntry: false }))
        chmodSync(join(stateFolder, name), 0o600);
    for (const name of ['logs', 'tmp', 'backups'])
      if (statSync(join(stateFolder, name), { throwIfNoEntry: false }))
        chmodSync(join(stateFolder, name), 0o700);
    mkdirSync(folder, { recursive: true });
    const staged = join(folder, `.${questionFile}`);
    writeFileSync(staged, `${JSON.stringify(question, null, 2)}\n`);
    chmodSync(staged, 0o644);
    renameSync(staged, join(folder, questionFile));
    // Sticky: nobody removes or replaces what is not theirs.
    chmodSync(folder, 0o1777);
    chmodSync(join(stateFolder, 'inbox'), 0o711);
    if ((statSync(stateFolder).mode & 0o777) === 0o700) chmodSync(stateFolder, 0o711);
  } catch (cause) {
    throw new Failure('gate/no-inbox', `the inbox \`${folder}\` cannot be made`, {
      state: 'nothing of this step was done',
      cause,
    });
  }
}

/** The question is answered, or asked no more. What others have left there, and only they can remove, keeps nobody. */
export function closeInbox(stateFolder: string, runId: string): void {
  const folder = inboxFolder(stateFolder, runId);
  rmSync(join(folder, questionFile), { force: true });
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Without a question there is nothing to decide; a later one has another digest.
  }
}

/** Undefined when the run does not wait for approval, or its state folder cannot be entered. */
export function readQuestion(stateFolder: string, runId: string): ApprovalQuestion | undefined {
  if (!/^[\w-]+$/.test(runId)) return undefined;
  try {
    const text = readFileSync(join(inboxFolder(stateFolder, runId), questionFile), 'utf8');
    return JSON.parse(text) as ApprovalQuestion;
  } catch {
    return undefined;
  }
}

/** Leaves a decision; it counts once the run is resumed and has checked it. Fails with `gate/no-inbox`. */
export function writeDecision(stateFolder: string, decision: Decision): void {
  const folder = inboxFolder(stateFolder, decision.run);
  const name = `decision-${decision.by.uid}-${randomUUID()}`;
  try {
    const staged = join(folder, `.${name}`);
    writeFileSync(staged, `${JSON.stringify(decision, null, 2)}\n`, { flag: 'wx', flush: true });
    // The run may belong to another user, and the mask of this one may be narrow.
    chmodSync(staged, 0o644);
    renameSync(staged, join(folder, `${name}.json`));
  } catch (cause) {
    throw new Failure('gate/no-inbox', `the decision cannot be left in \`${folder}\``, {
      state: 'nothing was decided',
      fix: 'every folder on the way to the state folder must let you pass (`x`)',
      cause,
    });
  }
}

/** Every decision that lies in the inbox, in the order of their names; none is judged here. */
export function collectDecisions(stateFolder: string, runId: string): FoundDecision[] {
  const folder = inboxFolder(stateFolder, runId);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /^decision-.*\.json$/.test(name));
  } catch {
    // No inbox: nothing was decided.
    return [];
  }
  return names.sort().map((name) => readDecision(join(folder, name)));
}

function readDecision(file: string): FoundDecision {
  // A link could lend somebody else's file.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, flags);
    const stat = fstatSync(descriptor);
    const isUsable = stat.isFile() && stat.nlink === 1 && stat.size <= mostBytes;
    return {
      file,
      ownerUid: stat.uid,
      decision: isUsable ? parseDecision(readFileSync(descriptor, 'utf8')) : undefined,
    };
  } catch {
    return { file, ownerUid: -1, decision: undefined };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function parseDecision(text: string): Decision | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isDecision =
    isRecord(value) &&
    value.version === 1 &&
    ['run', 'step', 'digest', 'at'].every((key) => typeof value[key] === 'string') &&
    (value.decision === 'approved' || value.decision === 'rejected') &&
    ['reason', 'key', 'signature'].every((key) => ['string', 'undefined'].includes(typeof value[key])) &&
    isRecord(value.by) &&
    typeof value.by.uid === 'number' &&
    typeof value.by.host === 'string';
  return isDecision ? (value as unknown as Decision) : undefined;
}

function inboxFolder(stateFolder: string, runId: string): string {
  return join(stateFolder, 'inbox', runId);
}

// Who a process is, in a form that outlives it: pid, kernel start time and boot. A pid alone is reused; nothing here
// ever concludes from a pid alone that a recorded process is alive or dead.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** `<boot id>:<start in clock ticks>:<namespace of its pid>`; `unknown` where the kernel does not tell. */
  readonly processStart: string;
  readonly host: string;
}

const unknownStart = 'unknown';
let boot: string | undefined;
let namespace: string | undefined;

export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    processStart: processStart(process.pid) ?? unknownStart,
    host: hostname(),
  };
}

/** The kernel's start time of a running process; undefined when there is none, or only its unreaped remains. */
export function processStart(pid: number): string | undefined {
  if (process.platform !== 'linux') return isAlive(pid) ? unknownStart : undefined;
  const stat = readStat(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return `${bootId() ?? ''}:${stat.startTicks}:${pidNamespace()}`;
}

/** Which start of the machine this is; undefined where the kernel does not tell. */
export function bootId(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}

/** In which a pid means what it means here; empty where the kernel does not tell. */
function pidNamespace(): string {
  namespace ??= /\d+/.exec(readLink('/proc/self/ns/pid'))?.[0] ?? '';
  return namespace;
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/**
 * True when the recorded process belongs to another container of this machine, as it was started: its pid means another
 * process here, or none, so that a pid says neither that it lives nor that it is dead.
 */
export function isOutOfSight(recordedStart: string): boolean {
  const [recordedBoot, , recordedNamespace = ''] = recordedStart.split(':');
  const here = pidNamespace();
  return recordedBoot === bootId() && recordedNamespace !== '' && here !== '' && recordedNamespace !== here;
}

/** True when the recorded process still runs. Where start times are unknown an equal pid counts, to be careful. */
export function isSameProcess(pid: number, recordedStart: string): boolean {
  const start = processStart(pid);
  if (start === undefined) return false;
  return start === recordedStart || recordedStart === unknownStart || start === unknownStart;
}

/** The effective OS user, with the person behind `sudo` when there is one. */
export function operatorName(env: NodeJS.ProcessEnv = process.env): string {
  const name = userName();
  const sudo = env.SUDO_USER;
  return sudo && sudo !== name ? `${name} (sudo by ${sudo})` : name;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, usual in containers.
    return `uid ${process.geteuid?.() ?? 'unknown'}`;
  }
}

function readStat(pid: number): { state: string; startTicks: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold spaces and brackets: count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

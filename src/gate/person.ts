// Who somebody is to this machine: the effective OS user, with the one behind `sudo` kept. Names of others are looked up
// by uid in /etc/passwd and never taken from what they claim.

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

export interface Person {
  readonly uid: number;
  readonly name: string;
  readonly host: string;
  /** Who called `sudo`. */
  readonly sudoUid?: number;
}

export function thisPerson(env: NodeJS.ProcessEnv): Person {
  const uid = process.geteuid?.() ?? userInfo().uid;
  const sudoUid = env.SUDO_UID !== undefined && /^\d+$/.test(env.SUDO_UID) ? Number(env.SUDO_UID) : undefined;
  return {
    uid,
    name: nameOf(uid) ?? userName() ?? `uid ${uid}`,
    host: hostname(),
    ...(sudoUid === undefined ? {} : { sudoUid }),
  };
}

/** Undefined for a uid that /etc/passwd does not hold. */
export function nameOf(uid: number): string | undefined {
  return passwd().find((entry) => entry.uid === uid)?.name;
}

/** By /etc/group, and by the primary group of the user. */
export function isInGroup(uid: number, group: string): boolean {
  const user = passwd().find((entry) => entry.uid === uid);
  const found = lines('/etc/group')
    .map((line) => line.split(':'))
    .find(([name]) => name === group);
  if (user === undefined || found === undefined) return false;
  const members = (found[3] ?? '').split(',');
  return members.includes(user.name) || Number(found[2]) === user.gid;
}

function passwd(): { readonly name: string; readonly uid: number; readonly gid: number }[] {
  return lines('/etc/passwd').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes(':') && !line.startsWith('#'));
  } catch {
    // No such file means that nobody is known: nobody can then approve by name.
    return [];
  }
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

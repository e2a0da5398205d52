// What a process and its children asked the system for, as strace tells it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const hasStrace = spawnSync('strace', ['-V']).status === 0;

/** Programs started, files opened or changed, and the network. */
const calls =
  'execve,execveat,open,openat,openat2,creat,socket,connect,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmodat,chown,lchown,fchownat,truncate,mknod,mknodat';

export const straceWords = (file: string): readonly string[] => [
  'strace',
  '-f',
  '-qq',
  '--seccomp-bpf',
  '-s',
  '8192',
  '-e',
  `trace=${calls}`,
  '-o',
  file,
];

export interface SystemCall {
  readonly name: string;
  /** The texts among its arguments: paths, first of all. */
  readonly texts: readonly string[];
  readonly line: string;
  readonly hasFailed: boolean;
}

export function readTrace(file: string): readonly SystemCall[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name] = /^\d+ +(\w+)\(/.exec(line) ?? [];
      if (name === undefined) return [];
      const texts = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
      return [{ name, texts, line, hasFailed: / = -1 E/.test(line) }];
    });
}

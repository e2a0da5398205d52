// Signatures with SSH keys, by `ssh-keygen -Y`: who signs proves the key, not only the OS user.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';

const namespace = 'belay';

/** Signs `text` with the private key in `keyFile`. Fails with `process/not-signed`. */
export async function signWithKey(keyFile: string, text: string): Promise<string> {
  const { exitCode, stdout, stderr } = await keygen(
    ['-Y', 'sign', '-n', namespace, '-f', keyFile, '-q'],
    text,
  );
  if (exitCode === 0) return stdout;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw new Failure('process/not-signed', `\`${keyFile}\` could not sign: ${said || 'ssh-keygen failed'}`, {
    state: 'nothing was written',
    fix: 'name a private key that `ssh-keygen` can read',
  });
}

/** True when `signature` is of `text` by this public key (`ssh-ed25519 AAAA…`). */
export async function isSignedBy(publicKey: string, text: string, signature: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-sign-'));
  try {
    const [signers, file] = [join(folder, 'signers'), join(folder, 'signature')];
    writeFileSync(signers, `approver ${publicKey}\n`);
    writeFileSync(file, signature);
    const args = ['-Y', 'verify', '-f', signers, '-I', 'approver', '-n', namespace, '-s', file];
    return (await keygen(args, text)).exitCode === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function keygen(args: readonly string[], input: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text;
    });
    // It may end before it has read everything; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.once('error', (cause) =>
      reject(
        new Failure('process/not-found', 'there is no program `ssh-keygen`', {
          state: 'nothing was signed or verified',
          fix: 'install OpenSSH',
          cause,
        }),
      ),
    );
    child.once('close', (exitCode) => resolve({ exitCode, ...out }));
    child.stdin.end(input);
  });
}

// Reads the secrets of a runbook at run time. Their values go into expressions and the masker, nowhere else.

import { readFileSync } from 'node:fs';
import { Failure } from '../diagnostic/index.ts';
import { resolvePath } from '../project/index.ts';
import type { Runbook, Secret } from '../runbook/index.ts';

const shortestSecret = 6;

/** Values by name. Fails with `run/bad-secret`: missing, unreadable, or too short to be masked. */
export function readSecrets(runbook: Runbook, env: NodeJS.ProcessEnv): Map<string, string> {
  const values = new Map<string, string>();
  for (const secret of runbook.secrets) {
    const value = readSecret(secret, runbook.projectFolder, env);
    if (value.length < shortestSecret) {
      throw refuse(secret, `has ${value.length} characters; fewer than ${shortestSecret} cannot be masked`);
    }
    values.set(secret.name, value);
  }
  return values;
}

function readSecret(secret: Secret, folder: string, env: NodeJS.ProcessEnv): string {
  if ('env' in secret.source) {
    const value = env[secret.source.env];
    if (value === undefined)
      throw refuse(secret, `is not set: the environment has no \`${secret.source.env}\``);
    return value;
  }
  const path = resolvePath(folder, secret.source.file);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw refuse(secret, `cannot be read from \`${secret.source.file}\``, cause);
  }
}

function refuse(secret: Secret, why: string, cause?: unknown): Failure {
  return new Failure('run/bad-secret', `secret \`${secret.name}\` ${why}`, {
    place: secret.place,
    state: 'nothing was started',
    fix:
      'env' in secret.source ? `export \`${secret.source.env}\`` : `check the file \`${secret.source.file}\``,
    cause,
  });
}

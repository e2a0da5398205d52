// Params as the command line gives them: `-p name=text`, `-p name=@file`, `-p name:=json`, and `--params-file`.
// Reads files, converts nothing: types are the runbook's business.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isRecord, type Json } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

export interface FlagParam {
  readonly name: string;
  readonly value: Json;
  /** Given with `:=`; else it is text, and the type of the param decides what it means. */
  readonly isJson: boolean;
}

const form = /^([a-z][a-zA-Z0-9]*)(:=|=@|=)([\s\S]*)$/;

/** Fails with `usage/invalid-param`, `usage/duplicate-param`, `usage/unreadable-file`. */
export function parseParams(words: readonly string[], cwd: string): FlagParam[] {
  const params = words.map((word) => parseParam(word, cwd));
  const twice = params.find(({ name }, i) => params.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new Failure('usage/duplicate-param', `param \`${twice.name}\` is given twice`);
  }
  return params;
}

function parseParam(word: string, cwd: string): FlagParam {
  const [, name, operator, rest = ''] = form.exec(word) ?? [];
  if (name === undefined) {
    throw new Failure('usage/invalid-param', `\`-p ${word}\`: expected \`name=value\``, {
      fix: 'write `-p name=text`, `-p name=@file` or `-p name:=json`',
    });
  }
  if (operator === '=@') {
    return { name, value: readTextFile(rest, cwd).replace(/\r?\n$/, ''), isJson: false };
  }
  if (operator === '=') return { name, value: rest, isJson: false };
  try {
    return { name, value: JSON.parse(rest) as Json, isJson: true };
  } catch (cause) {
    throw new Failure('usage/invalid-param', `\`-p ${word}\`: what follows \`:=\` is not JSON`, {
      fix: `for plain text write \`-p ${name}=…\``,
      cause,
    });
  }
}

/** A file of params, JSON or YAML: one object. Relative paths in it are relative to its folder. */
export async function readParamsFile(
  path: string,
  cwd: string,
): Promise<{
  readonly path: string;
  readonly text: string;
  readonly folder: string;
  readonly values: Record<string, unknown>;
}> {
  const text = readTextFile(path, cwd);
  const absolute = resolve(cwd, path);
  const { parseDocument } = await import('../document/index.ts');
  const { document, findings } = parseDocument({ file: path, text });
  if (document === undefined || findings.some(({ level }) => level === 'error')) {
    const [first] = findings;
    throw new Failure('usage/unreadable-file', `\`${path}\`: ${first?.message ?? 'not one document'}`, {
      ...(first?.place ? { place: first.place } : {}),
    });
  }
  if (!isRecord(document.value)) {
    throw new Failure('usage/unreadable-file', `\`${path}\` is not an object of params`);
  }
  return { path: absolute, text, folder: dirname(absolute), values: document.value };
}

/** Fails with `usage/unreadable-file`. */
export function readTextFile(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new Failure('usage/unreadable-file', `\`${path}\` cannot be read`, { cause });
  }
}

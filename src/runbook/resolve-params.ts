// The values of params for one run: flags over params file over environment over default. All findings at once.

import { isAbsolute } from 'node:path';
import { nearestName, type Value } from '../base/index.ts';
import type { Code, Finding } from '../diagnostic/index.ts';
import { type Conversion, convertValue } from './convert-value.ts';
import type { Param, Runbook } from './runbook.ts';

export interface GivenParams {
  /** Of an environment of belay.yaml. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** `--params-file`; relative paths in it start at its folder. */
  readonly file?: { readonly folder: string; readonly values: Readonly<Record<string, unknown>> };
  /** A string is text from the command line; anything else was given as JSON. */
  readonly flags?: readonly { readonly name: string; readonly value: unknown; readonly isJson?: boolean }[];
}

export interface ResolvedParams {
  /** By name; null for what was not given and has no default. */
  readonly values: Readonly<Record<string, Value>>;
  /** Absolute paths that the operator gave, on the command line or in a params file. */
  readonly namedPaths: readonly string[];
  readonly findings: readonly Finding[];
}

type Origin = 'flag' | 'file' | 'environment' | 'default';

interface Given {
  readonly origin: Origin;
  readonly value: unknown;
  readonly how: Conversion;
}

/**
 * Codes: `usage/unknown-param`, `usage/param-value` for the command line (exit 2); `runbook/param-unknown`,
 * `runbook/param-value` for files (exit 3); `runbook/param-missing` (exit 2).
 */
export function resolveParams(
  runbook: Runbook,
  given: GivenParams,
  folders: { readonly cwd: string; readonly projectFolder: string },
): ResolvedParams {
  const findings: Finding[] = [];
  const known = runbook.params.map(({ name }) => name);
  const sources = collect(given, folders);
  for (const { name, origin } of sources.names)
    if (!known.includes(name)) findings.push(unknown(runbook, name, origin));
  const values: Record<string, Value> = {};
  const namedPaths: string[] = [];
  for (const param of runbook.params) {
    const chosen = sources.find(param) ?? fromDefault(param, folders.projectFolder);
    values[param.name] = null;
    if (chosen === undefined || chosen.value === null) {
      if (param.isRequired) findings.push(missing(param));
      continue;
    }
    const converted = convertValue(param, chosen.value, chosen.how);
    if (converted.ok) {
      values[param.name] = converted.value;
      if (chosen.origin === 'flag' || chosen.origin === 'file') namedPaths.push(...pathsIn(converted.value));
    } else findings.push(wrongValue(param, chosen.origin, converted));
  }
  return { values, namedPaths, findings };
}

function pathsIn(value: Value): string[] {
  if (typeof value === 'string') return isAbsolute(value) ? [value] : [];
  return Array.isArray(value) ? value.flatMap(pathsIn) : [];
}

function collect(
  given: GivenParams,
  { cwd, projectFolder }: { readonly cwd: string; readonly projectFolder: string },
) {
  const flags = given.flags ?? [];
  const file = given.file?.values ?? {};
  const environment = given.environment ?? {};
  const names: { readonly name: string; readonly origin: Origin }[] = [
    ...flags.map(({ name }) => ({ name, origin: 'flag' as const })),
    ...Object.keys(file).map((name) => ({ name, origin: 'file' as const })),
    ...Object.keys(environment).map((name) => ({ name, origin: 'environment' as const })),
  ];
  const find = ({ name }: Param): Given | undefined => {
    const flag = flags.findLast((each) => each.name === name);
    if (flag)
      return {
        origin: 'flag',
        value: flag.value,
        how: { folder: cwd, isText: typeof flag.value === 'string' && flag.isJson !== true },
      };
    if (Object.hasOwn(file, name))
      return { origin: 'file', value: file[name], how: { folder: given.file?.folder ?? cwd, isText: false } };
    if (Object.hasOwn(environment, name))
      return {
        origin: 'environment',
        value: environment[name],
        how: { folder: projectFolder, isText: false },
      };
    return undefined;
  };
  return { names, find };
}

function fromDefault(param: Param, projectFolder: string): Given | undefined {
  if (!Object.hasOwn(param, 'default')) return undefined;
  return { origin: 'default', value: param.default, how: { folder: projectFolder, isText: false } };
}

function unknown(runbook: Runbook, name: string, origin: Origin): Finding {
  const known = runbook.params.map((param) => param.name);
  const near = nearestName(name, known);
  return {
    code: origin === 'flag' ? 'usage/unknown-param' : 'runbook/param-unknown',
    level: 'error',
    message: `runbook \`${runbook.name}\` has no param \`${name}\`${words[origin].slice(0, -1)}`,
    fix: near
      ? `did you mean \`${near}\`?`
      : known.length > 0
        ? `its params are ${known.map((each) => `\`${each}\``).join(', ')}`
        : 'it has no params',
  };
}

function missing({ name, place }: Param): Finding {
  return {
    code: 'runbook/param-missing',
    level: 'error',
    message: `param \`${name}\` is required and was not given`,
    place,
    fix: `add \`-p ${name}=…\``,
  };
}

function wrongValue(
  { name, place }: Param,
  origin: Origin,
  { at, message }: { readonly at: readonly (string | number)[]; readonly message: string },
): Finding {
  const code: Code = origin === 'flag' ? 'usage/param-value' : 'runbook/param-value';
  const inside = at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return { code, level: 'error', message: `param \`${name}${inside}\`${words[origin]} ${message}`, place };
}

const words: Readonly<Record<Origin, string>> = {
  flag: ', given on the command line,',
  file: ', given in the params file,',
  environment: ', given by the environment,',
  default: '',
};

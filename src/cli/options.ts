// Options that several commands take, declared once; and the reading of their values.

import type { Command } from 'commander';
import { parseDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function addParamOptions(command: Command): Command {
  return command
    .option('-p, --param <K=V>', 'a param: k=text, k=@file or k:=json; may be repeated', collect)
    .option('--params-file <FILE>', 'params from a JSON or YAML file; `-p` wins over it')
    .option('--env <NAME>', 'environment of belay.yaml');
}

/** Milliseconds. Fails with `usage/invalid-value`. */
export function readDuration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new Failure(
      'usage/invalid-value',
      `\`${option} ${text}\`: expected a duration such as \`30s\` or \`5m\``,
    );
  }
  return ms;
}

// What the program knows of the terminal: width, colour, and whether somebody is looking.

import type { Screen } from '../render/renderer.ts';
import type { GlobalOptions } from './globals.ts';

const widthWithoutTerminal = 80;

/** `NO_COLOR` and `--no-color` win over `FORCE_COLOR`; `CI` means that nobody is looking. */
export function createScreen(globals: GlobalOptions, env: NodeJS.ProcessEnv): Screen {
  const { stderr, stdout } = process;
  const isInteractive = stderr.isTTY === true && !isSet(env.CI) && env.TERM !== 'dumb';
  return {
    width: columns(stderr.columns, env),
    hasColor: hasColor(globals, env, isInteractive),
    isInteractive,
    stderr,
    stdout,
  };
}

function hasColor(globals: GlobalOptions, env: NodeJS.ProcessEnv, isInteractive: boolean): boolean {
  if (globals.color === false || isSet(env.NO_COLOR)) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isInteractive;
}

function columns(ofTerminal: number | undefined, env: NodeJS.ProcessEnv): number {
  const width = ofTerminal || Number(env.COLUMNS);
  return Number.isInteger(width) && width > 0 ? Math.max(40, width) : widthWithoutTerminal;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

// What a command is to the program: a declaration of arguments and options, and a handler that returns the exit code.

import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Returns the exit code. `options` as commander read them; each command names the shape that it declared. */
export type Handler<O> = (context: Context, words: readonly string[], options: O) => Promise<number> | number;

/** Connects a declared command with its handler. */
export type Handle = <O extends object>(command: Command, handler: Handler<O>) => void;

export interface CommandModule {
  /** `commands` are all that there are, for those who speak of the others. */
  configure(command: Command, handle: Handle, commands: readonly CatalogueEntry[]): void;
}

export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
  /** Absent: reserved, and not in this version. */
  readonly load?: () => Promise<CommandModule>;
}

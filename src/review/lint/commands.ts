// What a program of a step is given: its words, as far as they are written out.

import { basename } from 'node:path';
import { resolvePath } from '../../project/index.ts';
import { type Runbook, type Step, type TemplateTree, templatesOf } from '../../runbook/index.ts';
import { hasKey, type LintContext, textAt } from './context.ts';

export interface CommandWords {
  /** Words with what an expression in them is written as. */
  readonly words: readonly string[];
  /** Keys of `with`, for places. */
  readonly pointer: string;
}

/** Undefined for a step that starts no program. */
export function commandOf({ action, with: input }: Step): CommandWords | undefined {
  if (action !== 'command.run') return undefined;
  const { argv, env } = input as Readonly<Record<string, TemplateTree | undefined>>;
  // A path may come by the environment too.
  const given = env === undefined ? [] : templatesOf(env).map(({ source }) => source);
  // Words are enough to find a path or the name of a program; what the script means is for nobody but the shell.
  if (hasKey(input, 'shell'))
    return {
      words: [...(textAt(input, 'shell') ?? '').split(/[\s;|&()<>"'`]+/).filter(Boolean), ...given],
      pointer: '/with/shell',
    };
  const words = argv === undefined ? [] : templatesOf(argv).map(({ source }) => source);
  return { words: [...words, ...given], pointer: '/with/argv' };
}

/** Base names of the words. */
export function programsIn({ words }: CommandWords): readonly string[] {
  return words.map((word) => basename(word));
}

const sidecar = /-(?:wal|shm|journal)$/;

/** The target whose file, or a sidecar of it, a word names. */
export function targetNamed(context: LintContext, word: string): string | undefined {
  const bare = normal(word.replace(sidecar, ''));
  const entry = catalogueEntryNamed(context, word);
  return context.runbook?.targets.find(
    (target) => pathsOf(target).includes(bare) || (entry !== undefined && target.use?.source === entry),
  )?.name;
}

/** The entry of the catalogue whose file, or a sidecar of it, a word names. */
export function catalogueEntryNamed({ project }: LintContext, word: string): string | undefined {
  if (project === undefined || word.includes('${{')) return undefined;
  const path = resolvePath(project.folder, word.trim().replace(sidecar, ''));
  return Object.values(project.targets).find((entry) => resolvePath(project.folder, entry.path) === path)
    ?.name;
}

export function namesSidecar(word: string): boolean {
  return /\.(?:db|sqlite3?)-(?:wal|shm|journal)$/.test(word);
}

type Target = Runbook['targets'][number];

function pathsOf({ name, path }: Target): string[] {
  return [`\${{ target.${name}.path }}`, ...(path === undefined ? [] : [path.source])].map(normal);
}

function normal(path: string): string {
  return path.trim().replace(/^\.\//, '').replaceAll(/\s+/g, '');
}

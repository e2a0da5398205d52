// The options that every command takes. They are read from the raw arguments too, because an error in the
// command line must already be shown the way it asks for.

export interface GlobalOptions {
  readonly state?: string;
  readonly project?: string;
  readonly output: string;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  readonly color?: boolean;
}

const withValue = new Set(['--state', '--project', '--output']);

/** The global options and the first word that is none: the command. */
export function scanArguments(argv: readonly string[]): {
  readonly globals: GlobalOptions;
  readonly command?: string;
} {
  const found = new Map<string, string>();
  let command: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') break;
    const [name = '', inline] = word.startsWith('--') ? splitOnce(word) : [word];
    if (withValue.has(name)) found.set(name, inline ?? argv[++i] ?? '');
    else if (word.startsWith('-')) found.set(word, '');
    else command ??= word;
  }
  const state = found.get('--state');
  const project = found.get('--project');
  return {
    globals: {
      ...(state ? { state } : {}),
      ...(project ? { project } : {}),
      output: found.get('--output') ?? 'text',
      isQuiet: found.has('--quiet'),
      isVerbose: found.has('--verbose'),
      ...(found.has('--no-color') ? { color: false } : {}),
    },
    ...(command === undefined ? {} : { command }),
  };
}

function splitOnce(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

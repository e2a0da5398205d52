// A place that a comparison reads from: files by path, as text. Adapters: a folder, a git revision. None follows a link.

export interface SourceTree {
  /** How it is called: `main`, `the working tree`, `old/`. */
  readonly label: string;
  /**
   * Files that can hold a runbook, a project, SQL or params, by path from the root, `/` between folders; links and
   * submodules too, so that it can be said that they are not compared.
   */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** The texts of these files; one that is not there is left out. Each file is read at most once per call. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, TreeText>>;
  /** How a file of it is called in places. */
  shown(path: string): string;
}

export interface TreeFile {
  /** Equal for equal contents, in every tree of the same `format`. */
  readonly version: string;
  readonly kind: 'file' | 'link' | 'submodule';
}

export type TreeText = { readonly text: string } | { readonly problem: string };

/** Files that a comparison may have to read, by name. */
export function isCandidate(path: string): boolean {
  return /\.(?:ya?ml|sql|json)$/i.test(path) && !/(?:^|\/)(?:node_modules|\.git|\.belay)\//.test(path);
}

export const limitBytes = 1024 * 1024;

/** UTF-8, or why not. */
export function decode(bytes: Uint8Array): TreeText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: bytes.includes(0) ? 'it is a binary file' : 'it is not UTF-8' };
  }
}

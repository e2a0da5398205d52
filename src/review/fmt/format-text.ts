// The text of a file in its canonical form. What `formatDocument` proves of values and comments, this proves of the runbook:
// it compiles to the same one, but for the places of its parts.

import { basename } from 'node:path';
import { isRecord } from '../../base/index.ts';
import { type Finding, hasErrors } from '../../diagnostic/index.ts';
import {
  type DocumentKind,
  formatDocument,
  parseDocument,
  type Source,
  validateDocument,
} from '../../document/index.ts';
import { compileRunbook } from '../../runbook/index.ts';

export interface Formatted {
  /** The canonical form; absent when the text is left alone, and `findings` say why. */
  readonly text?: string;
  /** It is a file of Belay, by what it says. */
  readonly isOwn: boolean;
  readonly findings: readonly Finding[];
}

/** Never fails for what the text says. */
export function formatText(source: Source): Formatted {
  const { document, findings } = parseDocument(source);
  if (document === undefined || hasErrors(findings)) return { isOwn: false, findings };
  const kind = kindOf(source.file, document.value);
  const isOwn = kind === 'test' || isOfBelay(document.value);
  const formatted = formatDocument(source, kind);
  const { text } = formatted;
  if (text === undefined || kind !== 'runbook') return { ...formatted, isOwn };
  if (compiled(source) === compiled({ file: source.file, text })) return { text, isOwn, findings };
  return {
    isOwn,
    findings: [
      {
        code: 'fmt/left-alone',
        level: 'warning',
        message: `\`${source.file}\` is left as it is: formatted, it would compile to another runbook`,
        fix: 'report it, with the file',
      },
    ],
  };
}

/** By its name, else by what it says. */
function kindOf(file: string, value: unknown): DocumentKind {
  if (/\.test\.ya?ml$/.test(file)) return 'test';
  if (basename(file) === 'belay.yaml') return 'project';
  return isRecord(value) &&
    !('steps' in value) &&
    ('targets' in value || 'environments' in value) &&
    !('name' in value)
    ? 'project'
    : 'runbook';
}

function isOfBelay(value: unknown): boolean {
  return isRecord(value) && typeof value.apiVersion === 'string' && value.apiVersion.startsWith('belay/');
}

/** As text, without places; empty when it does not compile, which is for `validate` to speak of. */
function compiled(source: Source): string {
  const { document } = parseDocument(source);
  if (document === undefined || hasErrors(validateDocument(document, 'runbook'))) return '';
  const { runbook } = compileRunbook({ document, path: source.file, projectFolder: '/' });
  return runbook === undefined ? '' : JSON.stringify(runbook, comparable);
}

/** The order of inputs means nothing to an action. */
function comparable(key: string, value: unknown): unknown {
  if (key === 'place' || key === 'places' || key === 'files') return undefined;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

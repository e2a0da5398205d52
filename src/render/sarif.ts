// Findings as SARIF 2.1.0, which code scanning and editors read. The text is the same wherever and whenever it is made.

import { createHash } from 'node:crypto';
import { isAbsolute, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../base/index.ts';
import {
  type Code,
  type CodeEntry,
  codes,
  escapeJson,
  escapeTerminal,
  type Finding,
  type Level,
  type Place,
} from '../diagnostic/index.ts';

/** What is known of a rule beyond the table of codes. */
export interface SarifRule {
  readonly code: Code;
  /** Its usual level; that of its first finding when absent. */
  readonly level?: Level;
  /** GitHub-flavoured Markdown; not from files of the user. */
  readonly markdown?: string;
  readonly tags?: readonly string[];
}

export interface SarifOptions {
  /** Also those without findings: what was looked for. */
  readonly rules?: readonly SarifRule[];
  /** The command; keeps its results apart from those of others in one upload. */
  readonly command?: string;
  /** What places are relative to. */
  readonly folder: string;
  /** Where a finding without a place is shown: code scanning refuses a whole file for one result that is nowhere. */
  readonly home?: string;
}

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

export function renderSarif(findings: readonly Finding[], options: SarifOptions): string {
  const ids = [
    ...new Set([...(options.rules ?? []).map((rule) => rule.code), ...findings.map((each) => each.code)]),
  ].sort();
  const seen = new Map<string, number>();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'belay',
            version,
            semanticVersion: version,
            rules: ids.map((id) => ruleOf(id, findings, options)),
          },
        },
        ...(options.command === undefined ? {} : { automationDetails: { id: `belay/${options.command}/` } }),
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, ids, seen, options)),
      },
    ],
  };
  const json = JSON.stringify(
    log,
    (_, value) => (typeof value === 'string' ? value.toWellFormed() : value),
    2,
  );
  return `${escapeJson(json)}\n`;
}

function ruleOf(code: Code, findings: readonly Finding[], { rules = [] }: SarifOptions): object {
  const { title, help }: CodeEntry = codes[code];
  const more = rules.find((rule) => rule.code === code);
  const level = more?.level ?? findings.find((finding) => finding.code === code)?.level ?? 'error';
  return {
    id: code,
    shortDescription: { text: sentence(title) },
    fullDescription: { text: help },
    help: { text: help, ...(more?.markdown === undefined ? {} : { markdown: more.markdown }) },
    defaultConfiguration: { level: levels[level] },
    properties: { tags: [code.slice(0, code.indexOf('/')), ...(more?.tags ?? [])] },
  };
}

function resultOf(
  finding: Finding,
  ids: readonly Code[],
  seen: Map<string, number>,
  options: SarifOptions,
): object {
  const { code, level, message, state, fix, place } = finding;
  const parts = [sentence(message), ...(state === undefined ? [] : [sentence(state)])];
  if (fix !== undefined) parts.push(`Fix: ${fix}`);
  return {
    ruleId: code,
    ruleIndex: ids.indexOf(code),
    level: levels[level],
    message: { text: plain(parts.join('\n')) },
    locations: [{ physicalLocation: locationOf(place, options) }],
    partialFingerprints: { 'belayFinding/v1': fingerprint(finding, seen) },
  };
}

function locationOf(place: Place | undefined, { folder, home = 'belay.yaml' }: SarifOptions): object {
  const artifactLocation = uriOf(place?.file ?? home, folder);
  if (place === undefined) return { artifactLocation };
  return {
    artifactLocation,
    region: {
      startLine: place.line,
      startColumn: place.column,
      endColumn: place.column + Math.max(1, place.length ?? 1),
    },
  };
}

/** Relative to the folder of the call where it lies below it, and absolute where it does not. */
function uriOf(file: string, folder: string): object {
  const path = normalize(file.toWellFormed());
  if (isAbsolute(path) || path === '..' || path.startsWith('../'))
    return { uri: pathToFileURL(isAbsolute(path) ? path : join(folder, path)).href };
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

/**
 * The same for the same finding after lines above it came or went: made of the code, the file, the text of the line and what
 * is marked in it; the second of two equal ones has its number. Numbers in a message do not matter.
 */
function fingerprint({ code, place, message }: Finding, seen: Map<string, number>): string {
  const { text = '', column = 1, length = 1, file = '' } = place ?? {};
  const marked = text.slice(column - 1, column - 1 + length);
  const said = text.trim() === '' ? message.replaceAll(/\d+/g, '#') : text.trim().replaceAll(/\s+/g, ' ');
  const key = createHash('sha256')
    .update(JSON.stringify([code, file, said, marked]))
    .digest('hex')
    .slice(0, 32);
  const count = (seen.get(key) ?? 0) + 1;
  seen.set(key, count);
  return count === 1 ? key : `${key}:${count}`;
}

/** SARIF reads `[text](address)` as a link and `{0}` as a placeholder, in plain text too. */
function plain(text: string): string {
  return escapeTerminal(text)
    .replaceAll('](', '] (')
    .replaceAll(/\{(\d+)\}/g, '{{$1}}');
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

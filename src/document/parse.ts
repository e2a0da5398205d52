// Text → document: one YAML 1.2 document as plain values, with a place for each, or all that is wrong with it.

import type { Document as YamlDocument } from 'yaml';
import { compareFindings, type Finding } from '../diagnostic/index.ts';
import { buildValue } from './build-value.ts';
import { composeDocuments } from './compose.ts';
import type { ParsedDocument, Source } from './document.ts';
import { locate } from './locate.ts';
import { readTokens } from './read-tokens.ts';
import { lineStartsOf, mapSource } from './source-map.ts';
import { syntaxFindings } from './syntax-finding.ts';

/** A document only when there is no finding: a value with a hole would give findings of its own. */
export function parseDocument(source: Source): ParsedDocument {
  const map = mapSource(source, lineStartsOf(source.text));
  const reading = readTokens(map);
  if (!reading.tokens) return { findings: reading.findings };
  const documents = composeDocuments(reading.tokens, source.text.length);
  const [document, second] = documents;
  let findings: Finding[] = [...reading.findings];
  if (second) {
    findings.push({
      code: 'document/several-documents',
      level: 'error',
      message: 'a second document begins here; one file is one runbook',
      place: map.at(second.range[0], source.text.startsWith('---', second.range[0]) ? 3 : 1),
      fix: 'remove the `---`, or put what follows into a file of its own',
    });
  }
  const errors = document ? syntaxFindings(document, map) : [];
  findings = findings.concat(errors);
  if (!document || errors.length > 0) return { findings: findings.sort(compareFindings) };
  if (isEmpty(document) && findings.length === 0) {
    return {
      findings: [
        {
          code: 'document/empty',
          level: 'error',
          message: `\`${source.file}\` contains nothing but blank lines and comments`,
          place: { file: source.file, line: 1, column: 1 },
          fix: 'belay init',
        },
      ],
    };
  }
  const built = buildValue(document, map);
  findings = findings.concat(built.findings).sort(compareFindings);
  if (findings.length > 0) return { findings };
  return {
    document: { source, value: built.value, ...locate(document.contents, built.anchored, map) },
    findings,
  };
}

function isEmpty(document: YamlDocument.Parsed): boolean {
  return (
    document.contents === null ||
    (document.contents.range[0] === document.contents.range[1] && !document.contents.tag)
  );
}

// Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

import type { Finding } from '../diagnostic/index.ts';

const commandOf = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** One line per finding. What files say cannot end the line or the field, so it cannot start another command. */
export function renderGithub(findings: readonly Finding[]): string {
  return findings.map(line).join('');
}

function line(finding: Finding): string {
  const { place } = finding;
  const fields = [
    ...(place ? [`file=${escapeField(place.file)}`, `line=${place.line}`, `col=${place.column}`] : []),
    `title=${escapeField(finding.code)}`,
  ];
  const message = finding.fix === undefined ? finding.message : `${finding.message}\nfix: ${finding.fix}`;
  return `::${commandOf[finding.level]} ${fields.join(',')}::${escapeMessage(message)}\n`;
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeField(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

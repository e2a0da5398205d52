// Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

import { escapeTerminal, type Finding } from '../diagnostic/index.ts';

const commandOf = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** An annotation shows less; a log should not fill with one. */
const longestMessage = 4000;

/** One line per finding. What files say cannot end the line or the field, so it cannot start another command. */
export function renderGithub(findings: readonly Finding[]): string {
  return findings.map(line).join('');
}

function line(finding: Finding): string {
  const { place } = finding;
  const fields = [
    ...(place
      ? [`file=${escapeField(escapeTerminal(place.file))}`, `line=${place.line}`, `col=${place.column}`]
      : []),
    `title=${escapeField(finding.code)}`,
  ];
  const message = finding.fix === undefined ? finding.message : `${finding.message}\nfix: ${finding.fix}`;
  const shown = message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;
  return `::${commandOf[finding.level]} ${fields.join(',')}::${escapeMessage(escapeTerminal(shown))}\n`;
}

function escapeMessage(text: string): string {
  return text.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A newline in a file's name is one of the name; in an annotation it would match no file, and shows as `%0A`. */
function escapeField(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

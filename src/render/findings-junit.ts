// Findings as the cases of a JUnit suite: one case for each thing that was looked at.

import { compareFindings, type Finding } from '../diagnostic/index.ts';
import { renderFindings } from './findings.ts';
import type { JunitCase, JunitSuite } from './junit.ts';

/**
 * One case for each of `files` (as shown) and for each other file that has a finding; a case fails when it has an error,
 * or with `failOn: 'warning'` a warning. What has no place stands in a case of its own.
 */
export function findingsToSuite(
  name: string,
  files: readonly string[],
  findings: readonly Finding[],
  failOn: 'error' | 'warning' = 'error',
): JunitSuite {
  const places = new Set([...files, ...findings.flatMap(({ place }) => (place ? [place.file] : []))]);
  const cases = [...places].sort().map((file) =>
    toCase(
      file,
      findings.filter(({ place }) => place?.file === file),
      failOn,
    ),
  );
  const elsewhere = findings.filter(({ place }) => place === undefined);
  return { name, cases: [...cases, ...(elsewhere.length > 0 ? [toCase('project', elsewhere, failOn)] : [])] };
}

function toCase(name: string, findings: readonly Finding[], failOn: 'error' | 'warning'): JunitCase {
  const sorted = [...findings].sort(compareFindings);
  const failing = sorted.filter(
    ({ level }) => level === 'error' || (failOn === 'warning' && level === 'warning'),
  );
  const [first] = failing;
  if (first === undefined) return { name };
  const more = failing.length === 1 ? '' : ` (and ${failing.length - 1} more)`;
  return {
    name,
    ...(first.place === undefined ? {} : { file: first.place.file, line: first.place.line }),
    failure: {
      message: `${first.code}: ${first.message}${more}`,
      details: renderFindings(sorted, { width: Number.POSITIVE_INFINITY, hasColor: false }),
    },
  };
}

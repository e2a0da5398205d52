// A finding in the shape that `--output json` promises (docs/json-output.md).

import type { JsonObject } from '../base/index.ts';
import type { Finding } from '../diagnostic/index.ts';

/** Absent facts are null, so that every finding has the same keys. */
export function findingToJson(finding: Finding): JsonObject {
  return {
    code: finding.code,
    level: finding.level,
    category: finding.code.slice(0, finding.code.indexOf('/')),
    message: finding.message,
    file: finding.place?.file ?? null,
    line: finding.place?.line ?? null,
    column: finding.place?.column ?? null,
    state: finding.state ?? null,
    fix: finding.fix ?? null,
  };
}

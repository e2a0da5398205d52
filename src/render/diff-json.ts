// What a comparison found, in the shape that `--output json` promises (docs/json-output.md).

import type { Json, JsonObject } from '../base/index.ts';
import type { Place } from '../diagnostic/index.ts';
import type { Change, Counts } from '../review/diff/index.ts';

export interface Compared {
  readonly verdict: string;
  readonly counts: Counts;
  readonly changes: readonly Change[];
  /** Files that differ and say something about runs. */
  readonly files: number;
  /** Runbooks compared. */
  readonly runbooks: number;
}

export function diffToJson({ verdict, counts, changes, files, runbooks }: Compared): JsonObject {
  return {
    verdict,
    counts: { ...counts },
    files,
    runbooks,
    findings: changes.map(changeToJson),
  };
}

/** Absent facts are null, so that every finding has the same keys. */
function changeToJson(change: Change): JsonObject {
  const place = change.new ?? change.old;
  return {
    code: change.code,
    level: change.level,
    category: change.category,
    message: change.message,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    state: null,
    fix: change.fix ?? null,
    runbook: change.runbook ?? null,
    step: change.step ?? null,
    old: placeToJson(change.old),
    new: placeToJson(change.new),
  };
}

function placeToJson(place: Place | undefined): Json {
  return place === undefined ? null : { file: place.file, line: place.line, column: place.column };
}

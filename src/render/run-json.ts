// A run as JSON lines: one event per line, as it happens (docs/json-output.md).

import type { JsonObject } from '../base/index.ts';
import { escapeJson } from '../diagnostic/index.ts';
import type { RunEvent } from '../journal/event.ts';
import type { RunRenderer } from './renderer.ts';

export function createJsonRenderer(write: (text: string) => void): RunRenderer {
  return {
    event(runId, event, at) {
      write(`${escapeJson(JSON.stringify(eventToJson(runId, event, at)))}\n`);
    },
    async close() {},
  };
}

/** `{run, at, type, …}`. The texts of pinned files stay in the journal: a line names them by path and hash. */
export function eventToJson(runId: string, event: RunEvent, at: string): JsonObject {
  const { type, ...rest } = event;
  const shown =
    event.type === 'run-started'
      ? { ...rest, files: event.files.map(({ path, sha256 }) => ({ path, sha256 })) }
      : rest;
  return JSON.parse(JSON.stringify({ run: runId, at, type, ...shown })) as JsonObject;
}

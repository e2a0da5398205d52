// A run that says nothing while all is well, and everything when it is not. For cron.

import type { RunRenderer } from './renderer.ts';

/** `create` makes the renderer whose text is held back until the exit code is known. */
export function createQuietRenderer(
  create: (write: (text: string) => void) => RunRenderer,
  write: (text: string) => void,
): RunRenderer {
  const held: string[] = [];
  const inner = create((text) => held.push(text));
  return {
    event: (runId, event, at) => inner.event(runId, event, at),
    async close(final) {
      await inner.close(final);
      if (final?.exitCode !== 0) write(held.join(''));
    },
  };
}

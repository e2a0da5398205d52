// Chooses how a run is shown: live on a terminal, lines elsewhere, JSON lines or silence when asked.

import type { RunRenderer, Screen } from './renderer.ts';
import { createJsonRenderer } from './run-json.ts';
import { createPlainRenderer } from './run-plain.ts';
import { createQuietRenderer } from './run-quiet.ts';

export interface RunRendererOptions {
  readonly screen: Screen;
  readonly output: 'text' | 'json';
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  /** Steps of the plan: too many of them are shown as lines. */
  readonly stepCount: number;
  readonly links?: Readonly<Record<string, string>>;
}

export async function createRunRenderer(options: RunRendererOptions): Promise<RunRenderer> {
  const { screen, output, isQuiet, isVerbose } = options;
  if (output === 'json') return createJsonRenderer((text) => screen.stdout.write(text));
  const links = options.links === undefined ? {} : { links: options.links };
  const plain = (write: (text: string) => void) =>
    createPlainRenderer({ width: screen.width, hasColor: screen.hasColor, isVerbose, write, ...links });
  const write = (text: string) => screen.stderr.write(text);
  if (isQuiet) return createQuietRenderer(plain, write);
  // What programs print is for lines; a live picture has one line per step.
  if (!screen.isInteractive || isVerbose) return plain(write);
  const { createLiveRenderer, mostLiveLines } = await import('./run-live.ts');
  return options.stepCount > mostLiveLines ? plain(write) : createLiveRenderer({ screen, ...links });
}

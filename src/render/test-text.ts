// One test case on the screen: its name and whether it passed; under it, every difference with its line.

import { formatDuration } from '../base/index.ts';
import { escapeLine, type Finding } from '../diagnostic/index.ts';
import { renderFindings } from './findings.ts';
import type { Screen } from './renderer.ts';
import { createStyle } from './style.ts';

export interface ShownTest {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'errored';
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

export function renderTestResult(
  { name, state, findings, durationMs }: ShownTest,
  screen: Pick<Screen, 'width' | 'hasColor'>,
): string {
  const style = createStyle(screen.hasColor);
  const paint = { passed: style.good, failed: style.bad, errored: style.careful }[state];
  const head = `  ${paint(state.padEnd(7))}  ${escapeLine(name)}  ${style.dim(formatDuration(durationMs))}\n`;
  return findings.length === 0 ? head : `${head}\n${renderFindings(findings, screen)}\n`;
}

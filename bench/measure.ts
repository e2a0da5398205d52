// Runs commands side by side and compares their median times. Times stay on this machine; only ratios are printed.

import { spawnSync } from 'node:child_process';

export type Work = () => void;

/** Median seconds of each, taken in turn, so that a busy minute falls on all alike. */
export function measure(rounds: number, works: Readonly<Record<string, Work>>): Record<string, number> {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++)
    for (const [name, work] of Object.entries(works)) {
      const started = performance.now();
      work();
      taken[name] = [...(taken[name] ?? []), performance.now() - started];
    }
  return Object.fromEntries(
    Object.entries(taken).map(([name, times]) => [
      name,
      times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0,
    ]),
  );
}

/** Ends the benchmark when the command fails: a failure is quick, and would look like speed. */
export function run(argv: readonly string[], cwd: string): string {
  const [program = '', ...rest] = argv;
  const { status, stdout, stderr, error } = spawnSync(program, rest, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${argv.join(' ')} exited with ${status}\n${stdout}${stderr}`);
  return stdout;
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export function printRatio(
  what: string,
  ours: number | undefined,
  theirs: number | undefined,
  than: string,
): void {
  const ratio = ours === undefined || theirs === undefined ? '–' : (ours / theirs).toFixed(2);
  process.stdout.write(`${what.padEnd(36)} ${ratio.padStart(6)} × ${than}\n`);
}

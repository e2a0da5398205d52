// Durations as people write them: `500ms`, `30s`, `5m`, `2h`, `90d`, `1h30m`.

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const pattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;

/** Pattern of a duration, for JSON Schema. */
export const durationPattern = '^(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+$';

/** Milliseconds, or undefined when `text` is not a duration. Never negative; a bare number is refused. */
export function parseDuration(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  let total = 0;
  for (const [, digits = '0', unit = ''] of text.matchAll(part))
    total += Number(digits) * (unitMs[unit] ?? Number.NaN);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** For people: two units at most, `1h 5m`, `12.3s`, `340ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1).replace(/\.0$/, '')}s`;
  const parts: string[] = [];
  let rest = Math.floor(ms / 1000);
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count}${unit}`);
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

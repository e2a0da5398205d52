// Sizes as people write them: `64MiB` is binary, `1GB` is decimal, `512` is bytes.

const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Pattern of a size with a unit, for JSON Schema. */
export const sizePattern = '^\\d+(\\.\\d+)? ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$';

/** Bytes, or undefined when `text` is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$/.exec(text);
  if (!match) return undefined;
  const bytes = Math.round(Number(match[1]) * (units[match[2] ?? 'B'] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** For people: `4.2 MB`; decimal units, as `ls --si` and disk vendors count. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = 'B';
  for (const next of ['kB', 'MB', 'GB', 'TB']) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

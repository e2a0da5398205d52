// Replaces parts of every text in a plain value, such as the names of scratch files.

/** `names` in order, each everywhere. Of plain values only: the result has been through JSON. */
export function replaceTexts<T>(value: T, names: readonly (readonly [string, string])[]): T {
  if (names.length === 0) return value;
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string'
      ? names.reduce((text, [from, to]) => text.replaceAll(from, () => to), each)
      : each,
  ) as T;
}

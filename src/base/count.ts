// Counts for people.

/** `1 row`, `2 rows`, `12,403 rows`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  // Not toLocaleString: the first call loads the tables of all languages, 9 ms.
  const digits = String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${digits} ${count === 1 ? one : many}`;
}

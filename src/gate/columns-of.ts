// How wide the terminal is that a question goes to.

export const defaultColumns = 80;
const fewest = 20;

/** A terminal that does not know its size says 0. */
export function columnsOf(output: NodeJS.WritableStream): number {
  const columns = 'columns' in output ? Number(output.columns) : 0;
  return columns >= fewest ? columns : defaultColumns;
}

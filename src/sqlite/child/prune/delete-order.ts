// In which order the rows of a chunk go: children before their parents, tables that refer to each other together.

import type { Graph } from './edges.ts';

export interface DeleteGroup {
  readonly tables: readonly number[];
  /** They refer to themselves or to each other. */
  readonly isCyclic: boolean;
  /** A key between them is RESTRICT, so that even within the transaction no parent may go before its child. */
  readonly isRestricted: boolean;
}

export function deleteOrder(graph: Graph): DeleteGroup[] {
  const edges = graph.edges.filter(({ kind }) => kind === 'delete');
  const reach = reachable(graph.tables.length, edges);
  const used = [...new Set([0, ...edges.map(({ child }) => child)])];
  const groups: DeleteGroup[] = [];
  const done = new Set<number>();
  while (done.size < used.length) {
    const next = used.find(
      (table) =>
        !done.has(table) &&
        used.every((other) => done.has(other) || !reach(table, other) || reach(other, table)),
    );
    if (next === undefined) throw new Error('tables without an order');
    const tables = used.filter((other) => other === next || (reach(next, other) && reach(other, next)));
    const inner = edges.filter(({ parent, child }) => tables.includes(parent) && tables.includes(child));
    groups.push({
      tables,
      isCyclic: inner.length > 0,
      isRestricted: inner.some(({ onDelete }) => onDelete === 'RESTRICT'),
    });
    for (const table of tables) done.add(table);
  }
  return groups;
}

function reachable(
  count: number,
  edges: readonly { readonly parent: number; readonly child: number }[],
): (from: number, to: number) => boolean {
  const found = Array.from({ length: count }, (_, start) => {
    const seen = new Set<number>();
    const visit = (table: number): void => {
      for (const { parent, child } of edges) {
        if (parent !== table || seen.has(child)) continue;
        seen.add(child);
        visit(child);
      }
    };
    visit(start);
    return seen;
  });
  return (from, to) => found[from]?.has(to) ?? false;
}

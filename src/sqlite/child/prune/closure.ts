// Sets of rows by their keys, in temporary tables: the chosen rows of the first table and all that hang on them.
// Reads the target, writes only temporary tables.

import type { DatabaseSync } from 'node:sqlite';
import { quoteName } from '../../statements.ts';
import type { Edge, Graph, PruneTable } from './edges.ts';

export type SetName = 'fixed' | 'chunk';

/** The temporary table of one table's keys. */
export function setOf(set: SetName, table: number): string {
  return `temp.belay_${set}_${table}`;
}

export function makeSets(db: DatabaseSync, graph: Graph, set: SetName): void {
  for (const [i, table] of graph.tables.entries()) {
    const places = table.keys.map((_, k) => `k${k}`).join(', ');
    db.exec(`DROP TABLE IF EXISTS ${setOf(set, i)}`);
    db.exec(`CREATE TABLE ${setOf(set, i)} (${places}, level, PRIMARY KEY (${places})) WITHOUT ROWID`);
  }
}

export function clearSets(db: DatabaseSync, graph: Graph, set: SetName): void {
  for (const i of graph.tables.keys()) db.exec(`DELETE FROM ${setOf(set, i)}`);
}

/** From the rows of level 0 down, until nothing new hangs on what was found. A row that is reached twice is one row. */
export function fillClosure(db: DatabaseSync, graph: Graph, set: SetName): void {
  const edges = graph.edges.filter((edge) => edge.kind === 'delete');
  const filled = edges.map((edge) =>
    db.prepare(
      `INSERT OR IGNORE INTO ${setOf(set, edge.child)}
       SELECT DISTINCT ${keyList(graph, edge.child, 'c')}, :level + 1 FROM ${joinOf(graph, edge, set)} AND s.level = :level`,
    ),
  );
  for (let level = 0, isGrowing = edges.length > 0; isGrowing; level++) {
    isGrowing = false;
    for (const insert of filled) if (Number(insert.run({ level }).changes) > 0) isGrowing = true;
  }
}

export function countSet(db: DatabaseSync, set: SetName, table: number): number {
  return Number(db.prepare(`SELECT count(*) AS rows FROM ${setOf(set, table)}`).get()?.rows);
}

/** Rows that refer to a set through an edge and are not in it. */
export function countOutside(db: DatabaseSync, graph: Graph, edge: Edge, set: SetName): number {
  return Number(db.prepare(`SELECT count(*) AS rows FROM (${outside(graph, edge, set)})`).get()?.rows);
}

/** Whether the chunk holds a row, or is referred to by one, that was not there when all were counted. */
export function hasStrangers(db: DatabaseSync, graph: Graph): boolean {
  const grown = [...new Set(graph.edges.filter(({ kind }) => kind === 'delete').map(({ child }) => child))];
  const isNew = (table: number): boolean => {
    const same = graph.tables[table]?.keys.map((_, k) => `f.k${k} = c.k${k}`).join(' AND ');
    return (
      db
        .prepare(
          `SELECT 1 FROM ${setOf('chunk', table)} c
           WHERE NOT EXISTS (SELECT 1 FROM ${setOf('fixed', table)} f WHERE ${same}) LIMIT 1`,
        )
        .get() !== undefined
    );
  };
  const isInTheWay = (edge: Edge): boolean =>
    edge.kind === 'refuse' && db.prepare(`${outside(graph, edge, 'chunk')} LIMIT 1`).get() !== undefined;
  return grown.some(isNew) || graph.edges.some(isInTheWay);
}

/** `t` are the rows of the table that are in the set, in the order of their keys. */
export function rowsFrom(table: PruneTable, set: SetName, index: number): string {
  const same = table.keys.map((key, k) => `t.${key} = s.k${k}`).join(' AND ');
  return `${setOf(set, index)} s CROSS JOIN main.${quoteName(table.schema.name)} t ON ${same}`;
}

function outside(graph: Graph, edge: Edge, set: SetName): string {
  const keys = graph.tables[edge.child]?.keys ?? [];
  const same = keys.map((key, k) => `o.k${k} = c.${key}`).join(' AND ');
  return `SELECT DISTINCT ${keyList(graph, edge.child, 'c')} FROM ${joinOf(graph, edge, set)}
    AND NOT EXISTS (SELECT 1 FROM ${setOf(set, edge.child)} o WHERE ${same})`;
}

/**
 * Children `c` of the rows of a set `s`, compared as SQLite compares a foreign key: with type and order of the parent's
 * column, so `p.key = +c.ref`. An index on the child needs the other direction, which `isScan` says is the same here.
 */
function joinOf(graph: Graph, edge: Edge, set: SetName): string {
  const [parent, child] = [graph.tables[edge.parent], graph.tables[edge.child]];
  if (!parent || !child) throw new Error('an edge without its tables');
  const same = parent.keys.map((key, k) => `p.${key} = s.k${k}`).join(' AND ');
  const column = (prefix: string, name: string): string =>
    `${prefix}.${name === 'rowid' ? name : quoteName(name)}`;
  const match = edge.columns
    .map((name, i) => {
      const [own, other] = [column('c', name), column('p', edge.parentColumns[i] ?? 'rowid')];
      return edge.isScan ? `${other} = +${own}` : `${own} = +${other} AND ${other} = +${own}`;
    })
    .join(' AND ');
  const s = `${setOf(set, edge.parent)} s`;
  const p = `main.${quoteName(parent.schema.name)} p`;
  const c = `main.${quoteName(child.schema.name)} c`;
  return edge.isScan
    ? `${c} CROSS JOIN ${p} ON ${match} CROSS JOIN ${s} WHERE ${same}`
    : `${s} CROSS JOIN ${p} ON ${same} CROSS JOIN ${c} WHERE ${match}`;
}

function keyList(graph: Graph, table: number, alias: string): string {
  return (graph.tables[table]?.keys ?? []).map((key) => `${alias}.${key}`).join(', ');
}

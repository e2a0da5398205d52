// One random schema with rows: keys of every kind, references forwards, backwards and to themselves, values of every kind.

export interface RandomCase {
  readonly sql: string;
  readonly format: 'jsonl' | 'csv' | 'sql';
  readonly isCyclic: boolean;
  /** The first is the one to prune. */
  readonly tables: readonly RandomTable[];
}

export interface RandomTable {
  readonly name: string;
  readonly hasKey: boolean;
  readonly references: readonly {
    readonly number: number;
    readonly parent: number;
    readonly onDelete: string;
  }[];
  readonly rows: readonly RandomRow[];
}

export interface RandomRow {
  readonly rid: number;
  readonly selected: boolean;
  /** By number of the reference: `rid` of the parent. */
  readonly parents: readonly (number | undefined)[];
}

type KeyKind = 'integer' | 'text' | 'pair' | 'pair-without-rowid' | 'none';
const values = [
  'NULL',
  '0',
  '-1',
  '9223372036854775807',
  '-9223372036854775808',
  '9007199254740993',
  '1.0',
  '0.1',
  '-0.0',
  '5e-324',
  '1.7976931348623157e308',
  '9e999',
  '-9e999',
  "''",
  "'5'",
  "'NULL'",
  "'a,b\"c''d'",
  "char(10) || 'line' || char(13, 10)",
  "'nul' || char(0) || 'tail'",
  "CAST(x'ff00c3' AS TEXT)",
  "'\ufffd'",
  "'\u{1F600}'",
  "x''",
  "x'00ff27220a'",
];
const hostile = ['plain', 'a"b', "c'd; --", 'sp ace', 'semi;colon', 'ünï', '$t', 'order', 'nl\nx'];

export function randomCase(seed: number): RandomCase {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const count = 2 + Math.floor(random() * 4);
  const names = Array.from({ length: count }, (_, i) => `${pick(hostile)}${i}`);
  const kinds = names.map(
    (_, i): KeyKind =>
      i === 0 || random() < 0.8 ? pick(['integer', 'text', 'pair', 'pair-without-rowid'] as const) : 'none',
  );
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  let rid = 0;
  let isCyclic = false;
  const sql: string[] = [];
  const counts = names.map(() => Math.floor(random() * 14));
  const first = counts.map((_, i) => counts.slice(0, i).reduce((sum, n) => sum + n, 1));
  const tables = names.map((name, i): RandomTable => {
    const references: { number: number; parent: number; onDelete: string; columns: string[] }[] = [];
    for (let n = i === 0 ? Math.floor(random() * 2) : 1 + Math.floor(random() * 2); n > 0; n--) {
      const isForward = random() < 0.15;
      const parent = isForward
        ? Math.floor(random() * count)
        : Math.floor(random() * (i + (random() < 0.3 ? 1 : 0)));
      if (kinds[parent] === 'none' || parent >= count) continue;
      const number = references.length;
      // A circle under RESTRICT cannot be deleted by anybody.
      const actions = ['NO ACTION', 'CASCADE', 'SET NULL', ...(parent < i ? ['RESTRICT'] : [])];
      const isPair = kinds[parent]?.startsWith('pair');
      references.push({
        number,
        parent,
        onDelete: pick(actions),
        columns: isPair ? [`r${number}a`, `r${number}b`] : [`r${number}`],
      });
      if (parent >= i) isCyclic = true;
    }
    // Two ways back through later tables make a circle too, and RESTRICT in it would be final.
    const own = references.map((key) => ({ ...key, onDelete: key.onDelete }));
    const kind = kinds[i] ?? 'integer';
    const types = ['', 'INTEGER', 'TEXT', 'BLOB', 'REAL'];
    const columns = [
      kind === 'integer' ? 'k INTEGER PRIMARY KEY' : kind === 'text' ? 'k TEXT NOT NULL PRIMARY KEY' : '',
      kind.startsWith('pair') ? 'ka INTEGER NOT NULL, kb TEXT NOT NULL' : '',
      'rid INTEGER, selected INTEGER',
      `${quote('odd "v')} ${pick(types)}, w, g AS (rid + 1)`,
      ...own.flatMap((key) =>
        key.columns.map((column, c) => `${column} ${typeOf(kinds[key.parent] ?? 'integer', c)}`),
      ),
      kind.startsWith('pair') ? 'PRIMARY KEY (ka, kb)' : '',
      ...own.map(
        (key) =>
          `FOREIGN KEY (${key.columns.join(', ')}) REFERENCES ${quote(names[key.parent] ?? '')} ON DELETE ${key.onDelete}`,
      ),
    ].filter((text) => text !== '');
    sql.push(
      `CREATE TABLE ${quote(name)} (${columns.join(', ')})${kind === 'pair-without-rowid' ? ' WITHOUT ROWID' : ''};`,
    );
    for (const key of own) {
      if (random() < 0.5)
        sql.push(`CREATE INDEX "ix${i}_${key.number}" ON ${quote(name)} (${key.columns.join(', ')});`);
    }
    const rows = Array.from({ length: counts[i] ?? 0 }, (): RandomRow => {
      rid++;
      const parents = own.map((key) => {
        const size = counts[key.parent] ?? 0;
        return size === 0 || random() < 0.3
          ? undefined
          : (first[key.parent] ?? 0) + Math.floor(random() * size);
      });
      const selected = random() < 0.4;
      const list = [
        ...keyValues(kind, rid),
        String(rid),
        selected ? '1' : '0',
        pick(values),
        pick(values),
        ...own.flatMap((key, n) => {
          const to = parents[n];
          return to === undefined
            ? key.columns.map(() => 'NULL')
            : keyValues(kinds[key.parent] ?? 'integer', to);
        }),
      ];
      const into = [
        ...(kind.startsWith('pair') ? ['ka', 'kb'] : kind === 'none' ? [] : ['k']),
        'rid',
        'selected',
        quote('odd "v'),
        'w',
        ...own.flatMap((key) => key.columns),
      ];
      sql.push(`INSERT INTO ${quote(name)} (${into.join(', ')}) VALUES (${list.join(', ')});`);
      return { rid, selected, parents };
    });
    return { name, hasKey: kind !== 'none', references: own, rows };
  });
  return { sql: sql.join('\n'), format: pick(['jsonl', 'csv', 'sql'] as const), isCyclic, tables };
}

function keyValues(kind: KeyKind, rid: number): string[] {
  if (kind === 'integer') return [String(rid * 3)];
  if (kind === 'text') return [`'key ${rid}'`];
  return kind === 'none' ? [] : [String(rid % 5), `'${rid}'`];
}

function typeOf(kind: KeyKind, column: number): string {
  if (kind === 'integer') return 'INTEGER';
  return kind === 'text' || column === 1 ? 'TEXT' : 'INTEGER';
}

function generator(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

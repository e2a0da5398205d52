// Random schemas, statements and values for undo, from one seed; the same seed gives the same case.

export interface Random {
  /** From 0 below `n`. */
  int(n: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    int: (n) => Math.floor(next() * n),
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
  };
}

export interface RandomTable {
  readonly name: string;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
  /** Foreign keys: own columns to those of the parent. */
  readonly links: readonly Link[];
}

interface Link {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentKeys: readonly string[];
}

/** What a schema has, and what a workload does; counted over all cases, so that none is missed in silence. */
export type Feature =
  | 'composite key'
  | 'WITHOUT ROWID'
  | 'AUTOINCREMENT'
  | 'generated column'
  | 'trigger'
  | 'INSTEAD OF trigger'
  | 'foreign key'
  | 'foreign key of two columns'
  | 'foreign key to itself'
  | 'foreign keys both ways'
  | 'unique index';

export interface RandomSchema {
  readonly features: ReadonlySet<Feature>;
  readonly sql: readonly string[];
  readonly triggers: readonly string[];
  readonly tables: readonly RandomTable[];
}

const types = ['INTEGER', 'TEXT', 'REAL', 'NUMERIC', 'BLOB', '', 'TEXT COLLATE NOCASE'];
// No REAL: such tables are never recorded.
const keyTypes = ['INTEGER', 'TEXT', 'NUMERIC', '', 'TEXT COLLATE NOCASE', 'INT'];
const actions = ['CASCADE', 'SET NULL', 'NO ACTION', 'SET DEFAULT', 'RESTRICT'];

export function randomSchema(random: Random): RandomSchema {
  const tables: RandomTable[] = [];
  const sql: string[] = [];
  const features = new Set<Feature>();
  // Known before any is made: a table may refer to a later one, and both to each other.
  const named = Array.from({ length: 2 + random.int(3) }, (_, n) => ({
    name: random.chance(0.1) ? `odd "${n}` : `t${n}`,
    keys: random.chance(0.35) ? ['k0', 'k1'] : ['k0'],
  }));
  const edges = new Set<string>();
  for (const [n, { name, keys }] of named.entries()) {
    const parts: string[] = [];
    const keyCount = keys.length;
    const isAuto = keyCount === 1 && random.chance(0.25);
    const isWithoutRowid = !isAuto && random.chance(0.3);
    const isRowid = keyCount === 1 && (isAuto || random.chance(0.3));
    for (const key of keys) {
      const type = isRowid ? 'INTEGER' : random.pick(keyTypes);
      const own = isRowid ? ` PRIMARY KEY${isAuto ? ' AUTOINCREMENT' : ''}` : ' NOT NULL';
      parts.push(`${key} ${type}${own}`);
    }
    const columns: string[] = [];
    const foreignKeys: string[] = [];
    const links: Link[] = [];
    const columnCount = 1 + random.int(4);
    for (let c = 0; c < columnCount; c++) {
      const column = `c${c}`;
      columns.push(column);
      const parent = random.chance(0.35) ? random.pick(named) : undefined;
      if (parent !== undefined) {
        features.add(parent.name === name ? 'foreign key to itself' : 'foreign key');
        edges.add(`${name}\n${parent.name}`);
        if (parent.name !== name && edges.has(`${parent.name}\n${name}`))
          features.add('foreign keys both ways');
      }
      if (parent?.keys.length === 2) {
        features.add('foreign key of two columns');
        columns.push(`d${c}`);
        links.push({ columns: [column, `d${c}`], parent: parent.name, parentKeys: parent.keys });
        parts.push(`${column} ${random.pick(types)}`, `d${c} ${random.pick(types)}`);
        const actionsOf = `ON DELETE ${random.pick(actions)} ON UPDATE ${random.pick(actions)}`;
        foreignKeys.push(`FOREIGN KEY (${column}, d${c}) REFERENCES ${quote(parent.name)} ${actionsOf}`);
        continue;
      }
      if (parent !== undefined) {
        links.push({ columns: [column], parent: parent.name, parentKeys: parent.keys });
        const deferred = random.chance(0.3) ? ' DEFERRABLE INITIALLY DEFERRED' : '';
        parts.push(
          `${column} ${random.chance(0.5) ? 'INTEGER' : ''} REFERENCES ${quote(parent.name)} ON DELETE ${random.pick(actions)} ON UPDATE ${random.pick(actions)}${deferred}`,
        );
        continue;
      }
      const unique = random.chance(0.25) ? ` UNIQUE${random.chance(0.3) ? ' ON CONFLICT REPLACE' : ''}` : '';
      const check = random.chance(0.1) ? ` CHECK (${column} IS NOT 3)` : '';
      parts.push(`${column} ${random.pick(types)}${unique}${check}`);
      if (random.chance(0.15)) {
        features.add('generated column');
        parts.push(`g${c} AS (typeof(${column}) || 'x') ${random.pick(['STORED', 'VIRTUAL'])}`);
      }
    }
    if (!isRowid) parts.push(`PRIMARY KEY (${(random.chance(0.3) ? keys.toReversed() : keys).join(', ')})`);
    const body = [...parts, ...foreignKeys].join(', ');
    sql.push(`CREATE TABLE ${quote(name)} (${body})${isWithoutRowid ? ' WITHOUT ROWID' : ''}`);
    if (keyCount > 1) features.add('composite key');
    if (isWithoutRowid) features.add('WITHOUT ROWID');
    if (isAuto) features.add('AUTOINCREMENT');
    if (columns.length > 1 && random.chance(0.3)) {
      features.add('unique index');
      sql.push(`CREATE UNIQUE INDEX i${n} ON ${quote(name)} (${columns.slice(0, 2).join(', ')})`);
    }
    tables.push({ name, keys, columns, links });
  }
  sql.push('CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, what, v)');
  tables.push({ name: 'log', keys: ['id'], columns: ['what', 'v'], links: [] });
  const triggers = random.chance(0.3) ? [] : randomTriggers(random, tables.slice(0, -1));
  for (const each of triggers) {
    if (each.includes(' INSTEAD OF ')) features.add('INSTEAD OF trigger');
    else if (each.startsWith('CREATE TRIGGER')) features.add('trigger');
  }
  return { features, sql, triggers, tables };
}

function randomTriggers(random: Random, tables: readonly RandomTable[]): string[] {
  const triggers: string[] = [];
  for (const [n, table] of tables.entries()) {
    if (random.chance(0.4)) {
      const event = random.pick(['INSERT', 'UPDATE', 'DELETE']);
      const row = event === 'DELETE' ? 'old' : 'new';
      triggers.push(
        `CREATE TRIGGER "tr ${n}" ${random.pick(['AFTER', 'BEFORE'])} ${event} ON ${quote(table.name)} BEGIN INSERT INTO log (what, v) VALUES ('${event}', ${row}.c0); END`,
      );
    }
    if (random.chance(0.15)) {
      const other = random.pick(tables);
      triggers.push(
        `CREATE TRIGGER u${n} AFTER DELETE ON ${quote(table.name)} BEGIN UPDATE ${quote(other.name)} SET c0 = NULL WHERE c0 = old.c0; END`,
      );
    }
    if (random.chance(0.15)) {
      triggers.push(`CREATE VIEW v${n} AS SELECT * FROM ${quote(table.name)}`);
      triggers.push(
        `CREATE TRIGGER vi${n} INSTEAD OF DELETE ON v${n} BEGIN DELETE FROM ${quote(table.name)} WHERE c0 IS old.c0; END`,
      );
    }
  }
  return triggers;
}

/** Few distinct values, so that statements meet each other's rows. No -0.0: SQLite shows it as 0.0, and a session takes it for that. */
export function randomValue(random: Random): string {
  const n = random.int(7);
  return random.pick([
    String(n),
    String(n),
    String(n),
    `'${n}'`,
    `'${random.pick(['a', 'A', 'b', 'B', 'é', ''])}'`,
    `${n}.5`,
    `x'0${n}ff'`,
    'NULL',
    random.pick([
      '9223372036854775807',
      '-9223372036854775808',
      '9007199254740993',
      '1e999',
      "CAST(x'ff00fe' AS TEXT)",
      "'a' || char(0) || 'b'",
      'randomblob(0)',
      `${n}.0`,
    ]),
  ]);
}

/** Rows to begin with: without parents at first, which no foreign key refuses, then with some. */
export function populate(random: Random, { tables }: RandomSchema): string[] {
  const rows = tables.flatMap(({ name, keys, columns, links }) => {
    const linked = new Set(links.flatMap((link) => link.columns));
    const all = [...keys, ...columns];
    return Array.from({ length: 6 }, () => {
      const values = all.map((column) => (linked.has(column) ? 'NULL' : randomValue(random)));
      return `INSERT OR IGNORE INTO ${quote(name)} (${all.join(', ')}) VALUES (${values.join(', ')})`;
    });
  });
  const parents = tables.flatMap(({ name, links }) =>
    links.flatMap((link) => [adopt(random, name, link), adopt(random, name, link)]),
  );
  return [...rows, ...parents];
}

/** Gives some rows of a table a parent that is there. */
function adopt(random: Random, child: string, { columns, parent, parentKeys }: Link): string {
  const nth = `ORDER BY ${parentKeys.join(', ')} LIMIT 1 OFFSET ${random.int(3)}`;
  const set = columns.map(
    (column, i) => `${column} = (SELECT ${parentKeys[i]} FROM ${quote(parent)} ${nth})`,
  );
  const some = `k0 IN (SELECT k0 FROM ${quote(child)} ORDER BY k0 LIMIT 2 OFFSET ${random.int(4)})`;
  return `UPDATE OR IGNORE ${quote(child)} SET ${set.join(', ')} WHERE ${some}`;
}

export function randomStatement(random: Random, { tables, triggers }: RandomSchema): string {
  const table = random.pick(tables);
  const name = quote(table.name);
  const all = [...table.keys, ...table.columns];
  const value = () => randomValue(random);
  const set = () =>
    [
      ...new Set(
        Array.from({ length: 1 + random.int(2) }, () =>
          random.pick(random.chance(0.2) ? all : table.columns),
        ),
      ),
    ]
      .map((column) => `${column} = ${random.chance(0.2) ? `${column} + 1` : value()}`)
      .join(', ');
  const where = () =>
    random.chance(0.1)
      ? ''
      : ` WHERE ${random.pick(all)} ${random.pick(['=', '=', '<', 'IS', '>'])} ${value()}`;
  const rows = Array.from({ length: 1 + random.int(3) }, () => `(${all.map(value).join(', ')})`).join(', ');
  const columns = all.join(', ');
  const viewed = triggers.filter((sql) => sql.startsWith('CREATE VIEW'));
  const links = tables.flatMap((child) => child.links.map((each) => ({ ...each, child: child.name })));
  const link = links.length === 0 ? undefined : random.pick(links);
  const kind = random.int(12);
  switch (kind) {
    case 0:
    case 1:
      return `INSERT OR IGNORE INTO ${name} (${columns}) VALUES ${rows}`;
    case 2:
      return `INSERT OR REPLACE INTO ${name} (${columns}) VALUES ${rows}`;
    case 3:
      return `INSERT INTO ${name} (${columns}) VALUES ${rows} ON CONFLICT DO UPDATE SET ${set()}`;
    case 4:
    case 5:
      return `UPDATE ${random.pick(['', 'OR IGNORE ', 'OR REPLACE '])}${name} SET ${set()}${where()}`;
    case 6:
      return `DELETE FROM ${name}${where()}`;
    case 7:
      if (viewed.length > 0) return `DELETE FROM ${random.pick(viewed).split(' ')[2]} WHERE c0 = ${value()}`;
      return `DELETE FROM ${name} WHERE ${random.pick(all)} = ${value()}`;
    case 8:
      return `UPDATE ${random.pick(['', 'OR IGNORE '])}${name} SET ${random.pick(table.keys)} = ${value()}${where()}`;
    case 9:
    case 10: {
      if (link === undefined) return `DELETE FROM ${name}${where()}`;
      // Children get parents; parents with children go, or get another key.
      if (kind === 9) return adopt(random, link.child, link);
      const parent = quote(link.parent);
      const isParent = `(${link.parentKeys.join(', ')}) IN (SELECT ${link.columns.join(', ')} FROM ${quote(link.child)})`;
      if (random.chance(0.5)) return `DELETE FROM ${parent} WHERE ${isParent}`;
      return `UPDATE OR IGNORE ${parent} SET ${random.pick(link.parentKeys)} = ${value()} WHERE ${isParent}`;
    }
    default:
      return `INSERT OR IGNORE INTO ${name} (${table.columns.join(', ')}) VALUES (${table.columns.map(value).join(', ')})`;
  }
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

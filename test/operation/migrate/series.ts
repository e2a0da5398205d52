// A year of migrations of one application, in the form of dbmate, and the populated database that they begin with.

export const application = `
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, email TEXT);
  CREATE TABLE projects(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users(id) ON DELETE CASCADE, title TEXT);
  CREATE TABLE notes(id INTEGER PRIMARY KEY, project INTEGER REFERENCES projects(id) ON DELETE CASCADE, body TEXT, price TEXT);
  CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE TABLE log(at INTEGER, what TEXT);
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO users SELECT i, 'user ' || i, 'u' || i || '@example.org' FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
    INSERT INTO projects SELECT i, 1 + i % 40, 'project ' || i FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
    INSERT INTO notes SELECT i, 1 + i % 120, 'note number ' || i, (i % 50) || '.5' FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO settings SELECT 'k' || i, i FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO log SELECT i, 'event' FROM n;`;

const rebuild = (table: string, columns: string, select: string): string =>
  `CREATE TABLE ${table}_new(${columns}); INSERT INTO ${table}_new SELECT ${select} FROM ${table};
   DROP TABLE ${table}; ALTER TABLE ${table}_new RENAME TO ${table};`;

const steps: readonly (readonly [up: string, down: string])[] = [
  ['CREATE INDEX projects_owner ON projects(owner);', 'DROP INDEX projects_owner;'],
  ['CREATE INDEX notes_project ON notes(project);', 'DROP INDEX notes_project;'],
  ['CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT UNIQUE);', 'DROP TABLE tags;'],
  ["INSERT INTO tags(tag) VALUES ('red'), ('green'), ('blue');", 'DELETE FROM tags;'],
  [
    'CREATE TABLE note_tags(note INTEGER REFERENCES notes(id) ON DELETE CASCADE, tag INTEGER REFERENCES tags(id), PRIMARY KEY (note, tag)) WITHOUT ROWID;',
    'DROP TABLE note_tags;',
  ],
  ['INSERT INTO note_tags SELECT id, 1 + id % 3 FROM notes WHERE id % 2 = 0;', 'DELETE FROM note_tags;'],
  [
    rebuild(
      'users',
      "id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', email TEXT UNIQUE",
      'id, name, email',
    ),
    rebuild('users', 'id INTEGER PRIMARY KEY, name TEXT, email TEXT', 'id, name, email'),
  ],
  [
    'ALTER TABLE projects ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;',
    'ALTER TABLE projects DROP COLUMN archived;',
  ],
  ['UPDATE projects SET archived = 1 WHERE id % 10 = 0;', 'UPDATE projects SET archived = 0;'],
  ['CREATE VIEW active AS SELECT id, title FROM projects WHERE archived = 0;', 'DROP VIEW active;'],
  [
    'CREATE VIRTUAL TABLE notes_text USING fts5(body, content=notes, content_rowid=id);',
    'DROP TABLE notes_text;',
  ],
  [
    "INSERT INTO notes_text(notes_text) VALUES ('rebuild');",
    "INSERT INTO notes_text(notes_text) VALUES ('delete-all');",
  ],
  [
    `CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO notes_text(rowid, body) VALUES (new.id, new.body); END;
     CREATE TRIGGER notes_ad AFTER DELETE ON notes BEGIN
       INSERT INTO notes_text(notes_text, rowid, body) VALUES ('delete', old.id, old.body);
     END;`,
    'DROP TRIGGER notes_ai; DROP TRIGGER notes_ad;',
  ],
  [
    "INSERT INTO notes(id, project, body) VALUES (1001, 1, 'a searchable note');",
    'DELETE FROM note_tags WHERE note = 1001; DELETE FROM notes WHERE id = 1001;',
  ],
  [
    "ALTER TABLE users ADD COLUMN domain TEXT GENERATED ALWAYS AS (substr(email, instr(email, '@') + 1)) VIRTUAL;",
    'ALTER TABLE users DROP COLUMN domain;',
  ],
  ['CREATE INDEX users_domain ON users(domain);', 'DROP INDEX users_domain;'],
  ['ALTER TABLE log RENAME TO events;', 'ALTER TABLE events RENAME TO log;'],
  ['ALTER TABLE events RENAME COLUMN what TO kind;', 'ALTER TABLE events RENAME COLUMN kind TO what;'],
  [
    `CREATE TABLE emails(id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, email TEXT);
     INSERT INTO emails(owner, email) SELECT id, email FROM users;`,
    'DROP TABLE emails;',
  ],
  [
    `BEGIN; PRAGMA foreign_keys = OFF; DROP VIEW active; DROP INDEX projects_owner;
     ${rebuild('projects', "id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users(id) ON DELETE CASCADE, title TEXT CHECK (title <> ''), archived INTEGER NOT NULL DEFAULT 0", '*')}
     CREATE INDEX projects_owner ON projects(owner);
     CREATE VIEW active AS SELECT id, title FROM projects WHERE archived = 0; COMMIT;`,
    `DROP VIEW active; DROP INDEX projects_owner;
     ${rebuild('projects', 'id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users(id) ON DELETE CASCADE, title TEXT, archived INTEGER NOT NULL DEFAULT 0', '*')}
     CREATE INDEX projects_owner ON projects(owner);
     CREATE VIEW active AS SELECT id, title FROM projects WHERE archived = 0;`,
  ],
  ['CREATE UNIQUE INDEX emails_email ON emails(email);', 'DROP INDEX emails_email;'],
  ['CREATE INDEX notes_open ON notes(id) WHERE price IS NOT NULL;', 'DROP INDEX notes_open;'],
  [
    'CREATE TABLE history(id INTEGER PRIMARY KEY AUTOINCREMENT, old TEXT); CREATE TRIGGER setting_changed AFTER UPDATE ON settings BEGIN INSERT INTO history(old) VALUES (old.value); END;',
    'DROP TRIGGER setting_changed; DROP TABLE history;',
  ],
  ['UPDATE settings SET value = value + 1000;', 'UPDATE settings SET value = value - 1000;'],
  [
    rebuild('settings', "key TEXT PRIMARY KEY, value TEXT, kind TEXT DEFAULT 'x'", "key, value, 'x'"),
    'DROP TRIGGER IF EXISTS setting_changed; ' +
      'CREATE TABLE s(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID; INSERT INTO s SELECT key, value FROM settings; DROP TABLE settings; ALTER TABLE s RENAME TO settings; ' +
      'CREATE TRIGGER setting_changed AFTER UPDATE ON settings BEGIN INSERT INTO history(old) VALUES (old.value); END;',
  ],
  ['PRAGMA user_version = 26;', 'PRAGMA user_version = 0;'],
  ['CREATE TABLE places USING_ (x);'.replace(' USING_', ''), 'DROP TABLE places;'],
  [
    'CREATE TEMP TABLE t AS SELECT id FROM users WHERE id <= 5; INSERT INTO places SELECT id FROM t;',
    'DELETE FROM places;',
  ],
  [
    'CREATE TABLE measured(id INTEGER PRIMARY KEY, v REAL) STRICT; INSERT INTO measured SELECT id, id * 1.5 FROM users;',
    'DROP TABLE measured;',
  ],
  [
    'CREATE VIRTUAL TABLE area USING rtree(id, x0, x1); INSERT INTO area SELECT id, id, id + 1 FROM users;',
    'DROP TABLE area;',
  ],
  [
    "INSERT INTO tags(tag) VALUES ('red') ON CONFLICT (tag) DO UPDATE SET tag = 'crimson';",
    "UPDATE tags SET tag = 'red' WHERE tag = 'crimson';",
  ],
  [
    "CREATE TRIGGER no_empty BEFORE INSERT ON tags WHEN new.tag = '' BEGIN SELECT RAISE(ABORT, 'empty'); END;",
    'DROP TRIGGER no_empty;',
  ],
  ['SELECT count(*) FROM users; ANALYZE;', 'SELECT 1;'],
];

/** Name to text; 33 of them. */
export const series: Readonly<Record<string, string>> = Object.fromEntries(
  steps.map(([up, down], i) => [`${i + 1}_step.sql`, `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`]),
);

/** The statements of `up` alone, in order, for SQLite itself. */
export const ups: readonly string[] = steps.map(([up]) => up);

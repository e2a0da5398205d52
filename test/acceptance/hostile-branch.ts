// A branch of somebody who wants more than a review: every trick that we could think of, in the files that a review reads.

import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import type { Cli } from '../support/cli.ts';

/** Stands in files outside the branch, in the environment and in what secrets name: no command may ever say it. */
export const canary = 'canary-7f3a91c2d8';

const drive =
  '\\e[2J\\e]0;owned\\a\\e]8;;https://evil.example\\aclick\\e]8;;\\a\\x9b31m\\u202eolleh\\u202c\\u2066x\\u2069';
const commands =
  '::set-output name=x::y\\n::add-mask::x\\n  ::error::x\\n##[add-mask]x ##vso[task.complete]x';
const markup =
  '<img src=x onerror=alert(1)> [a](https://evil.example) ![b](https://evil.example/b.png) @octocat #1 | x | ``` </details>';

const head = (name: string) => `apiVersion: belay/v1\nname: ${name}\n`;
const database = 'targets: { db: { driver: sqlite, path: ./app.db } }\n';
const look = '  - { id: look, action: sqlite.check, with: { target: db } }\n';

/** The folder `branch/` of `program`, and `outside/` beside it, which is none of the branch's business. */
export function makeHostileBranch(program: Cli): void {
  program
    .file('outside/secret.yaml', `name: ${canary}\ntoken: ${canary}\n`)
    .file('outside/secret.sql', `SELECT '${canary}'`)
    .database('outside/real.db', `CREATE TABLE t(a); INSERT INTO t VALUES ('${canary}')`)
    .file('outside/secret.txt', canary)
    .file('outside/.ssh/id_rsa', canary)
    .file('outside/runbooks/inner.yaml', `${head('inner')}token: ${canary}\n`);
  const file = (name: string, text: string) => program.file(`branch/${name}`, text);
  const runbook = (name: string, body: string, prefix = head(name)) =>
    file(`runbooks/${name}.yaml`, `${prefix}${body}`);

  file(
    'belay.yaml',
    `apiVersion: belay/v1
runbooks: [runbooks, ../outside/runbooks, linked, /etc, /proc/self]
state: ../outside/state
stores: { evil: { driver: local, path: ../outside/store } }
targets:
  app: { driver: sqlite, path: ./app.db }
  passwd: { driver: sqlite, path: /etc/passwd, maxBackupAge: 1h }
environments:
  ci: { params: { text: "${commands}" } }
  evil: { fixtures: { db: ../outside/real.db, "sql/db": ./sql/link.sql, "sound/db": { sql: "ATTACH '../outside/owned.db' AS x" } } }
schedules: [{ runbook: "${drive}", cron: "* * * * *" }]
`,
  );
  program.database('branch/app.db', 'CREATE TABLE entries(id INTEGER PRIMARY KEY, body TEXT);');

  runbook(
    'escapes',
    `title: "${drive}"\ndescription: "${drive} ${commands}"\nlabels: { a: "${drive}" }
links: { "${drive}": "${drive}" }
params: { text: { type: string, default: "${drive}\\n${commands}", description: "${drive}\\n${commands}" } }
${database}steps:
  - id: look
    name: "${drive} ${commands}"
    confirm: { message: "${drive} ${commands} \${{ params.text }}", expect: "${drive}" }
    action: sqlite.query
    with: { target: db, sql: "SELECT '${drive}' /* ${commands} */" }
  - { id: never, assert: "\${{ params.text == 'x' }}", message: "${drive} ${commands}" }
`,
  );
  runbook(
    'escapes-wrong',
    `title: "${drive}"\n"${drive}": 1\nsteps:\n  - { id: "${drive}", action: "${commands}", with: { "${drive}": "${commands}" } }\n`,
  );
  runbook(
    'comment-wrong',
    `# ::error::from a comment\nsteps:\n  - { id: x, action: nope } # ##[add-mask]x ::error::x\n  ::error::no key\n`,
  );
  runbook(
    'markup',
    `title: "${markup}"\ndescription: "${markup}"\nlabels: { a: "${markup}" }\nlinks: { "${markup}": "javascript:alert(1)" }
params: { text: { type: string, description: "${markup}", default: "${markup}" } }
${database}steps:
  - { id: look, name: "${markup}", action: sqlite.query, with: { target: db, sql: "SELECT '${markup}'" } }
outputs: { a: "${markup}" }
`,
  );
  runbook(
    'bomb',
    `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n`,
  );
  runbook('circle', 'steps: &s [*s]\n');
  runbook('deep', `steps: ${'['.repeat(20_000)}\n`);
  runbook(
    'keys',
    '__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\nsteps: []\n',
  );
  runbook(
    'tags',
    'title: !!js/function "function () { return 1 }"\ninclude: !include ../../outside/secret.yaml\n',
  );
  runbook('huge', `title: ${'x'.repeat(2 * 1024 * 1024)}\n`);
  runbook('long', `title: ${'x'.repeat(900 * 1024)}\nsteps: 1\n`);
  runbook('controls', 'title: "\u0007\u001b[31m\u009b"\n');
  runbook(
    'secrets',
    `title: Secrets
secrets: { a: { env: HOSTILE_SECRET }, b: { file: ../outside/secret.txt }, c: { file: /proc/self/environ } }
${database}steps:
  - id: tell
    action: command.run
    with: { argv: [sh, -c, "touch ../outside/owned", "\${{ secrets.a }}", "\${{ secrets.b }}", "\${{ secrets.c }}"] }
    timeout: 5s
`,
  );
  runbook(
    'environment',
    `title: "\${{ env.HOSTILE_SECRET }} \${HOSTILE_SECRET} $HOSTILE_SECRET"
params: { x: { type: string, default: "\${{ env.HOSTILE_SECRET }}" } }
${database}steps:
  - { id: a, assert: "\${{ env.HOSTILE_SECRET == 'x' }}" }
  - { id: b, assert: "\${{ process.env.HOSTILE_SECRET == 'x' }}" }
  - { id: c, assert: "\${{ constructor.constructor('return process')().env == 'x' }}" }
`,
  );
  runbook(
    'programs',
    `title: Programs
preconditions:
  - { id: web, action: http.check, with: { url: "http://127.0.0.1:9/\${{ exists('/etc/passwd') }}" } }
${database}steps:
  - { id: run, action: command.run, with: { argv: [touch, ../outside/owned] }, timeout: 5s }
  - { id: shell, action: command.run, with: { shell: "echo $HOSTILE_SECRET > ../outside/owned" }, timeout: 5s }
  - { id: stop, action: service.stop, with: { command: { start: [touch, ../outside/owned], stop: [touch, ../outside/owned], status: [touch, ../outside/owned] } } }
  - { id: hook, action: notify.webhook, with: { url: "http://127.0.0.1:9/", body: { a: 1 } }, timeout: 5s }
`,
  );
  const sql = (id: string, text: string) =>
    `  - { id: ${id}, action: sqlite.execute, with: { target: db, sql: "${text}" } }\n`;
  runbook(
    'sql',
    `title: SQL
${database}steps:
${sql('attach', "ATTACH '../outside/owned.db' AS x")}${sql('vacuum', "VACUUM INTO '../outside/owned.db'")}${sql(
  'extension',
  "SELECT load_extension('../outside/secret.txt')",
)}${sql('schema', 'PRAGMA writable_schema = ON')}${sql('file', "SELECT readfile('../outside/secret.txt'), writefile('../outside/owned', 'x')")}${sql(
  'endless',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) DELETE FROM entries WHERE id IN (SELECT i FROM n)',
)}${sql('shown', `SELECT '${drive} ${commands} ${markup}'`)}`,
  );
  for (const [name, path] of [
    ['sql-passwd', '/etc/passwd'],
    ['sql-home', '~/.ssh/id_rsa'],
    ['sql-outside', '../outside/secret.sql'],
    ['sql-link', './sql/link.sql'],
    ['sql-pipe', './sql/pipe.sql'],
    ['sql-zero', './sql/zero.sql'],
    ['sql-environ', '/proc/self/environ'],
  ] as const)
    runbook(
      name,
      `title: A file\n${database}steps:\n  - { id: f, action: sqlite.execute, with: { target: db, file: "${path}" } }\n`,
    );
  for (const [name, from] of [
    ['migrate-outside', '../outside'],
    ['migrate-link', './migrations'],
  ] as const)
    runbook(
      name,
      `title: Migrations\n${database}steps:\n  - { id: m, action: sqlite.migrate, with: { target: db, from: "${from}" } }\n`,
    );
  runbook(
    'default-path',
    `title: A default
params: { script: { type: path, default: ../outside/secret.sql } }
${database}steps:
  - { id: f, action: sqlite.execute, with: { target: db, file: "\${{ params.script }}" } }
`,
  );
  runbook(
    'patterns',
    `title: Patterns
params:
  a: { type: string, pattern: "(a+)+$", default: "${'a'.repeat(60)}!" }
  b: { type: string, pattern: "(.*)*x(.*)*", default: "${'a'.repeat(5000)}" }
  c: { type: list, items: { type: string, pattern: "(a|a)*b" }, default: ["${'a'.repeat(60)}"] }
${database}steps:
  - { id: m, assert: "\${{ params.a.matches('(a+)+$') }}" }
${look}`,
  );
  runbook('sound', `title: Sound\n${database}steps:\n${look}`);
  runbook(
    'calls',
    `title: Calls\nsteps:\n  - { id: c, action: runbook.run, with: { runbook: ../outside/runbooks/inner.yaml } }\n`,
  );

  mkdirSync(program.path('branch/sql'));
  mkdirSync(program.path('branch/migrations'));
  const link = (to: string, name: string) => symlinkSync(to, program.path(`branch/${name}`));
  link('../../outside/secret.yaml', 'runbooks/link.yaml');
  link('/etc/passwd', 'runbooks/passwd.yaml');
  link('/proc/self/environ', 'runbooks/environ.yaml');
  link('/dev/zero', 'runbooks/zero.yaml');
  link('/dev/tty', 'runbooks/tty.yaml');
  link('self.yaml', 'runbooks/self.yaml');
  link('../../outside', 'runbooks/folder.yaml');
  link('../outside/runbooks', 'linked');
  link('../../outside/secret.sql', 'sql/link.sql');
  link('../../outside/secret.sql', 'migrations/001_link.sql');
  link('/dev/zero', 'sql/zero.sql');
  execFileSync('mkfifo', [
    program.path('branch/runbooks/pipe.yaml'),
    program.path('branch/sql/pipe.sql'),
    program.path('branch/migrations/002_pipe.sql'),
  ]);
  for (const name of [
    '::error::x',
    '\u001b[31mred',
    '\u202egnp',
    'new\nline',
    '##[add-mask]x',
    '--help',
    '`a` | [b](c)',
    '$(touch owned)',
  ])
    file(`runbooks/${name}.yaml`, `${head('odd')}title: Odd\nsteps: 1\n`);
  file('runbooks/unreadable.yaml', `${head('unreadable')}`);
  chmodSync(program.path('branch/runbooks/unreadable.yaml'), 0);
  makeHostileRepository(program);
}

/** Two commits, and a configuration with which git would start programs at every turn. */
function makeHostileRepository(program: Cli): void {
  const owned = `touch ${program.path('outside/owned')}`;
  program.file('branch/.gitattributes', '* diff=evil filter=evil merge=evil\n');
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], {
      cwd: program.path('branch'),
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  git('add', 'belay.yaml', 'runbooks/sound.yaml', '.gitattributes');
  git('commit', '-q', '-m', 'first');
  git('add', '-A');
  git('commit', '-q', '-m', 'second');
  appendFileSync(
    program.path('branch/.git/config'),
    `[core]
	fsmonitor = ${owned}
	hooksPath = hooks
	pager = ${owned}
	sshCommand = ${owned}
	editor = ${owned}
	gitProxy = ${owned}
	alternateRefsCommand = ${owned}
[diff]
	external = ${owned}
[diff "evil"]
	command = ${owned}
	textconv = ${owned}
[filter "evil"]
	clean = ${owned}
	smudge = ${owned}
	process = ${owned}
	required = true
[credential]
	helper = !${owned}
[remote "origin"]
	url = ext::sh -c ${owned}
	promisor = true
	partialclonefilter = blob:none
[extensions]
	partialClone = origin
[protocol "ext"]
	allow = always
[alias]
	rev-parse = !${owned}
`,
  );
  // A missing object would be fetched from there.
  const [blob = ''] = String(git('rev-parse', 'HEAD:runbooks/markup.yaml')).split('\n');
  rmSync(program.path(`branch/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
}

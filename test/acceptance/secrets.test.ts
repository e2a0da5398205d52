import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { project } from '../cli/support.ts';

const secret = 'pa"ss wörd/42&x';
const forms = [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
];

describe('a secret', () => {
  test('reaches the program, and no screen, journal, log or result, in no encoding', async () => {
    await using program = project();
    program.file(
      'runbooks/book.yaml',
      `apiVersion: belay/v1
name: book
title: T
secrets: { token: { env: TOKEN } }
steps:
  - id: tell
    action: command.run
    with:
      argv: [sh, -c, 'printf "%s\\n" "$PLAIN" "$URL" "$JSON" "$B64"; printf "%s\\n" "$PLAIN" >&2; printf "%s" "$PLAIN" > got; exit 3']
      env:
        PLAIN: "\${{ secrets.token }}"
        URL: ${JSON.stringify(forms[1])}
        JSON: ${JSON.stringify(forms[2])}
        B64: ${JSON.stringify(forms[3])}
`,
    );
    for (const output of ['text', 'json']) {
      const { exitCode, rawStdout, rawStderr } = await program.run(
        ['run', 'book', '--output', output, '--verbose', '--result', 'result.json'],
        { env: { TOKEN: secret } },
      );
      assert.equal(exitCode, 6, rawStderr);
      assert.equal(program.read('got'), secret, 'the program did get it');
      for (const text of [rawStdout, rawStderr, program.read('result.json')])
        for (const form of forms) assert.ok(!text.includes(form), `${form} in ${text}`);
    }
    assert.match((await program.run(['runs', 'logs', 'last', 'tell'])).rawStdout, /^(‹token›\n)+$/);
    const written = readdirSync(program.path('.belay'), { recursive: true })
      .map((name) => join(program.path('.belay'), String(name)))
      .filter((path) => statSync(path).isFile());
    assert.ok(written.some((path) => path.endsWith('journal.db')));
    // The runbook is pinned in the journal with the forms that it spells out itself.
    for (const path of written) {
      const bytes = readFileSync(path);
      assert.ok(!bytes.includes(secret), path);
    }
  });
});

describe('hostile names and messages', () => {
  const hostile = '\u001b[31mred\u001b]0;title\u0007\u202Eevil\r\u0000';
  const isRaw = (text: string) =>
    /[\u0000-\u0008\u000b-\u001a\u001b\u007f\u0080-\u009f\u202a-\u202e\u2066-\u2069]/.test(text);

  test('reach no terminal as they are', async () => {
    await using program = project();
    const name = hostile.replaceAll('\u0000', '').replaceAll('"', '');
    program.database(
      'odd.db',
      `CREATE TABLE "${name}"(id INTEGER PRIMARY KEY, body TEXT); CREATE TABLE entries(id INTEGER PRIMARY KEY); INSERT INTO "${name}" VALUES (1, 'x')`,
    );
    program.file(
      'runbooks/book.yaml',
      `apiVersion: belay/v1
name: book
title: ${JSON.stringify(`T ${name}`)}
params: { database: { type: path, required: true } }
targets: { db: { driver: sqlite, path: "\${{ params.database }}" } }
steps:
  - { id: stats, action: sqlite.stats, with: { target: db } }
  - { id: tell, action: command.run, with: { argv: [printf, '\\033[31mred\\033]0;t\\007\\342\\200\\256evil\\r\\n'] } }
  - id: ask
    assert: "\${{ 1 > 2 }}"
    message: ${JSON.stringify(`no ${name}`)}
`,
    );
    for (const words of [
      ['run', 'book', '-p', 'database=odd.db', '--verbose'],
      ['plan', 'book', '-p', 'database=odd.db'],
      ['plan', 'book', '-p', 'database=odd.db', '--output', 'markdown'],
      ['show', 'book'],
      ['runs', 'show', 'last'],
      ['runs', 'events', 'last'],
      ['status'],
      ['list'],
      ['validate', 'runbooks/book.yaml'],
    ]) {
      const { rawStdout, rawStderr } = await program.run(words);
      assert.ok(
        !isRaw(rawStdout + rawStderr),
        `${words.join(' ')}: ${JSON.stringify(rawStdout + rawStderr)}`,
      );
    }
  });
});

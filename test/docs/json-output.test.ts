// docs/json-output.md is a promise to scripts: every field that it names is in what the program prints, and for the
// objects of queries nothing is printed that it does not name.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { changingRunbook, project } from '../cli/support.ts';
import type { Cli } from '../support/cli.ts';
import { readPage } from './support.ts';

const page = readPage('docs/json-output.md');

/** Top-level fields of the object in the row of this command. */
function fieldsOfRow(command: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`));
  assert.ok(row, `docs/json-output.md has no row for \`${command}\``);
  return topLevelKeys(/\| `(\{.*?\})`/.exec(row)?.[1] ?? '');
}

/** `{"a", "b": [{"c"}]}` → a, b. */
function topLevelKeys(shape: string): string[] {
  let depth = 0;
  const keys: string[] = [];
  for (const [token, key] of shape.matchAll(/"(\w+)"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && key !== undefined) keys.push(key);
  }
  return keys;
}

/** The fields of the elements of the list `name` in the row; none when the row does not spell them out. */
function fieldsOfElements(command: string, name: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`)) ?? '';
  const start = row.indexOf(`"${name}": [{`);
  if (start < 0) return [];
  const shape = row.slice(start + name.length + 5);
  let depth = 0;
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === '{') depth++;
    else if (shape[i] === '}' && --depth === 0) return topLevelKeys(shape.slice(0, i + 1));
  }
  return [];
}

describe('docs/json-output.md', () => {
  let files: Cli;
  let id = '';
  const json = async (...args: string[]) => (await files.run([...args, '--output', 'json'])).json();

  before(async () => {
    files = project()
      .file('runbooks/purge.yaml', changingRunbook)
      .file(
        'runbooks/look.test.yaml',
        'cases: [{ name: looks, fixture: { sql: CREATE TABLE entries(a) }, params: { database: app.db }, expect: {} }]\n',
      );
    assert.equal((await files.run(['run', 'look', '-p', 'database=app.db'])).exitCode, 0);
    const run = await files.run(['run', 'purge', '-p', 'database=app.db', '--result', 'result.json']);
    assert.equal(run.exitCode, 0, run.stderr);
    const { backups } = (await json('backup', 'list', '--target', 'app')) as { backups: { id: string }[] };
    id = backups[0]?.id ?? '';
  });

  const queries: readonly (readonly [string, readonly string[]])[] = [
    ['list', ['list']],
    ['docs RUNBOOK', ['docs', 'look']],
    ['show RUNBOOK', ['show', 'look']],
    ['targets', ['targets']],
    ['validate', ['validate']],
    ['test', ['test']],
    ['runs list', ['runs', 'list']],
    ['status', ['status']],
    ['backup list', ['backup', 'list', '--target', 'app']],
    ['backup verify', ['backup', 'verify', '--target', 'app']],
    ['backup find', ['backup', 'find', '--target', 'app']],
    ['backup expire --dry-run', ['backup', 'expire', '--target', 'app', '--keep', 'last=1', '--dry-run']],
    ['explain', ['explain', 'plan/stale']],
  ];
  for (const [command, args] of queries) {
    test(`the fields of \`${command}\``, async () => {
      const printed = await json(...args);
      assert.deepEqual(Object.keys(printed).sort(), fieldsOfRow(command).sort());
      for (const [name, value] of Object.entries(printed)) {
        const fields = fieldsOfElements(command, name);
        if (!Array.isArray(value) || value.length === 0 || fields.length === 0) continue;
        assert.deepEqual(Object.keys(value[0]).sort(), fields.sort(), name);
      }
    });
  }

  test('the fields of a backup', async () => {
    // `problem` is there only when there is one.
    const fields = topLevelKeys(/^BACKUP is `(.*?)`/m.exec(page)?.[1] ?? '').filter(
      (field) => field !== 'problem',
    );
    const { backups } = (await json('backup', 'list', '--target', 'app')) as { backups: object[] };
    assert.deepEqual(Object.keys(backups[0] ?? {}).sort(), fields.sort());
    assert.deepEqual(Object.keys(await json('backup', 'show', id)).sort(), [...fields, 'manifest'].sort());
  });

  test('the fields of a plan', async () => {
    const plan = await json('plan', 'purge', '-p', 'database=app.db');
    assert.deepEqual(
      Object.keys(plan).sort(),
      topLevelKeys(/^## Plan\n\n`(.*)`$/m.exec(page)?.[1] ?? '')
        .filter((field) => field !== 'environment')
        .sort(),
    );
    const steps = plan.steps as Record<string, unknown>[];
    for (const step of steps)
      for (const field of Object.keys(step)) assert.match(planSteps(), documentedField(field), field);
  });

  test('the fields of a run', async () => {
    const shown = await json('runs', 'show', 'last');
    const section = page.slice(page.indexOf('## Run,'), page.indexOf('## Events'));
    for (const field of Object.keys(shown)) assert.match(section, documentedField(field), field);
    for (const step of shown.steps as object[])
      for (const field of Object.keys(step))
        assert.match(section, documentedField(field), `steps[].${field}`);
    // The result is written while the run still has its leases.
    const { leases: _, ...result } = JSON.parse(files.read('result.json')) as Record<string, unknown>;
    assert.deepEqual({ ...result, leases: [] }, shown);
  });

  test('the types of events, all that there are', () => {
    const documented = new Set(
      page.match(/^\| `[a-z-]+`.*$/gm)?.flatMap((row) => row.split('|')[1]?.match(/[a-z-]+/g) ?? []),
    );
    const declared = [...readPage('src/journal/event.ts').matchAll(/readonly type: '([a-z-]+)'/g)].map(
      ([, type = '']) => type,
    );
    assert.ok(declared.length > 20);
    assert.deepEqual(
      declared.filter((type) => !documented.has(type)),
      [],
    );
  });
});

/** As `name` or, for a list, as `name[]`. */
function documentedField(field: string): RegExp {
  return new RegExp(`\`${field}(\\[\\])?\``);
}

function planSteps(): string {
  const from = page.indexOf('- `steps[]`');
  return page.slice(from, page.indexOf('\n- `refusals', from));
}

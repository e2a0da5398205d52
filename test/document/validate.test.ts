import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createAjv } from '../../scripts/make/validators.ts';
import { Duration, Timestamp } from '../../src/base/index.ts';
import { parseDocument, validateDocument, validateInput } from '../../src/document/index.ts';
import { projectSchema } from '../../src/project/schema.ts';
import { runbookSchema } from '../../src/runbook/schema.ts';

const golden = join(import.meta.dirname, '../golden');

describe('the published schema of runbooks', () => {
  const validate = createAjv().compile(runbookSchema());

  for (const name of readdirSync(golden)) {
    const text = readFileSync(join(golden, name, 'runbook.yaml'), 'utf8');
    const { document } = parseDocument({ file: 'runbook.yaml', text });
    if (!document) continue;
    test(`judges ${name} as \`belay validate\` does`, () => {
      const isValid = validateDocument(document, 'runbook').length === 0;
      assert.equal(validate(document.value), isValid);
    });
  }

  test('describes every key that a person writes', () => {
    assert.deepEqual(undescribed(runbookSchema()), []);
    assert.deepEqual(undescribed(projectSchema()), []);
  });
});

/** Pointers of properties without a description, neither their own nor that of what they refer to. */
function undescribed(root: unknown): string[] {
  const found: string[] = [];
  const definitions = (root as { $defs?: Record<string, { description?: string }> }).$defs ?? {};
  const walk = (schema: unknown, pointer: string) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, child] of Object.entries(schema)) {
      if (key === 'not' || key === 'if' || key === 'examples') continue;
      const isSchema = typeof (schema as { type?: unknown }).type === 'string';
      if (key === 'properties' && isSchema) {
        for (const [name, property] of Object.entries(child as Record<string, Record<string, unknown>>)) {
          const target = String(property.$ref ?? '').replace('#/$defs/', '');
          const says = property.description ?? definitions[target]?.description;
          const isBranch = pointer.includes('/allOf/');
          if (says === undefined && !isBranch) found.push(`${pointer}/${name}`);
        }
      }
      walk(child, `${pointer}/${key}`);
    }
  };
  walk(root, '');
  return found;
}

describe('the input of an action, once resolved', () => {
  test('is right when it is what the action declares', () => {
    assert.deepEqual(validateInput('sqlite.check', { target: 'db', mode: 'quick', tables: ['users'] }), []);
  });

  test('may give durations and sizes as values, texts or numbers', () => {
    for (const length of [new Duration(5000), '5s', 5000])
      assert.deepEqual(validateInput('wait', { for: length }), [], String(length));
    for (const free of ['2GB', 2e9]) assert.deepEqual(validateInput('disk.check', { path: '/', free }), []);
  });

  test('a key that is null counts as absent, at every depth', () => {
    assert.deepEqual(validateInput('sqlite.check', { target: 'db', mode: null }), []);
    const [missing] = validateInput('sqlite.check', { target: null });
    assert.equal(missing?.code, 'document/missing-key');
    assert.equal(validateInput('backup.expire', { target: 'db', keep: { last: null } }).length, 1);
  });

  test('may bind bytes, and instants already written as text', () => {
    const params = { blob: new Uint8Array([1]), at: new Timestamp(0), none: null, flag: true };
    assert.deepEqual(validateInput('sqlite.query', { target: 'db', sql: 'SELECT 1', params }), []);
  });

  test('is refused with the path of what does not fit', () => {
    const problems = validateInput('sqlite.check', { target: 'db', mode: 'deep', tables: ['a', 5], more: 1 });
    assert.deepEqual(problems.map(({ code, path }) => [code, path.join('/')]).sort(), [
      ['document/not-allowed-value', 'mode'],
      ['document/unknown-key', 'more'],
      ['document/wrong-type', 'tables/1'],
    ]);
  });
});

describe('validating', () => {
  test('takes an expression wherever a value can be computed', () => {
    const text = `apiVersion: belay/v1
name: nightly
steps:
  - id: check
    action: sqlite.check
    with: { target: db, mode: "\${{ params.mode }}", tables: "\${{ params.tables }}", foreignKeys: "\${{ params.on }}" }
  - id: prune
    action: sqlite.prune
    with:
      target: db
      table: \${{ params.table }}
      where: a < :b
      maxRows: \${{ params.max }}
      maxShare:
      lockTarget: \${{ params.lock }}
`;
    const { document } = parseDocument({ file: 'x.yaml', text });
    assert.ok(document);
    assert.deepEqual(validateDocument(document, 'runbook'), []);
  });

  test('an action cannot be a path to another file', () => {
    for (const action of ['../project/project', 'sqlite.check.generated', '..', '']) {
      const text = `apiVersion: belay/v1\nname: x\nsteps: [{ id: a, action: "${action}" }]\n`;
      const { document } = parseDocument({ file: 'x.yaml', text });
      assert.ok(document);
      const [finding] = validateDocument(document, 'runbook');
      assert.equal(finding?.code, 'runbook/unknown-action');
    }
  });

  test('a list that repeats itself is refused at the repetition', () => {
    const text =
      'apiVersion: belay/v1\nname: x\nsteps:\n  - id: a\n    approval: { message: Go?, approvers: [ann, bob, ann] }\n';
    const { document } = parseDocument({ file: 'x.yaml', text });
    assert.ok(document);
    const [finding] = validateDocument(document, 'runbook');
    assert.equal(finding?.code, 'document/duplicate-item');
    assert.equal(finding?.place?.column, (text.split('\n')[4] ?? '').lastIndexOf('ann') + 1);
  });
});

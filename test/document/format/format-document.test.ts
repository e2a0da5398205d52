// The canonical form, by example: each rule once, in one file that was written without a care.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatDocument } from '../../../src/document/index.ts';

function formatted(text: string, kind: 'runbook' | 'project' = 'runbook'): string {
  const result = formatDocument({ file: 'x.yaml', text }, kind);
  assert.ok(result.text !== undefined, result.findings[0]?.message);
  assert.equal(
    formatDocument({ file: 'x.yaml', text: result.text }, kind).text,
    result.text,
    'the second time',
  );
  return result.text;
}

const careless = `%YAML 1.2
# licence
# of the file

# yaml-language-server: $schema=../schemas/runbook.schema.json
---
# about the steps
steps: # behind steps

    # about a
    - action: sqlite.check # behind action

      # about the id
      id:   a
      with:  # behind with
        # about target
        target: db
        mode: 'quick'
      # end of a
    # before b
    -   # behind the dash
      id: b
      with: {target: db,   mode: quick}   # behind brackets
      action: sqlite.check
    - { action: sqlite.execute, id: c, with: { target: db, sql: "DELETE FROM entries WHERE id > 50 AND more = 'x' AND others IS NOT NULL" }, timeout: 30m }
    - id: d
      action: sqlite.execute
      with:
        sql: |2
            SELECT 1
          ;
        # about target
        target: db
    - id: e
      message: first
        second
         third # behind three lines
      assert: >+
        \${{ true }}

        more

    - &x
      id: f
      name: 'it''s'
    - *x
    -
      # below a dash
      name: g
      id: g
  # further left
# about the name
name: x # behind the name


# about the version


apiVersion: belay/v1
title:
params: {}
# the end
`;

const canonical = `# licence
# of the file

# yaml-language-server: $schema=../schemas/runbook.schema.json
---
# about the version

apiVersion: belay/v1
# further left
# about the name
name: x # behind the name
title:
params: {}
# about the steps
steps: # behind steps
  # about a
  # about the id
  - id: a
    action: sqlite.check # behind action
    with: # behind with
      # about target
      target: db
      mode: "quick"
    # end of a
  # before b
  # behind the dash
  - id: b
    action: sqlite.check
    with: { target: db, mode: quick } # behind brackets
  - id: c
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM entries WHERE id > 50 AND more = 'x' AND others IS NOT NULL" }
    timeout: 30m
  - id: d
    action: sqlite.execute
    with:
      # about target
      target: db
      sql: |2
          SELECT 1
        ;
  - id: e
    assert: >+
      \${{ true }}

      more

    message: first
      second
      third # behind three lines
  - &x
    id: f
    name: "it's"
  - *x
  - id: g
    # below a dash
    name: g

# the end
`;

describe('the canonical form', () => {
  test('of a runbook that was written without a care', () => {
    assert.equal(formatted(careless), canonical);
  });

  test('keys in the order of the format', () => {
    const keys =
      'apiVersion name title description labels links params secrets targets defaults timeout preconditions steps always outputs'.split(
        ' ',
      );
    const text = [...keys].reverse().map((key) => `${key}: 1\n`);
    assert.deepEqual(formatted(text.join('')), keys.map((key) => `${key}: 1\n`).join(''));
    const ofStep =
      'id name if preconditions confirm approval action with assert ensure message forEach retry timeout onFailure rollback accept outputs stub rehearse'.split(
        ' ',
      );
    const step = [...ofStep].reverse().map((key, i) => `${i === 0 ? '  - ' : '    '}${key}: 1\n`);
    assert.deepEqual(formatted(`steps:\n${step.join('')}`).match(/\w+(?=: 1)/g), ofStep);
  });

  test('names that people choose, and keys that nobody knows, stay in their order', () => {
    const text = 'params:\n  zebra: { type: path }\n  ant: { type: path }\nwhat: 1\nelse: 2\n';
    assert.equal(
      formatted(text),
      'params:\n  zebra: { type: path }\n  ant: { type: path }\nwhat: 1\nelse: 2\n',
    );
  });

  test('the inputs of a step in the order of its action', () => {
    const text = 'steps:\n  - with: { sql: SELECT 1, target: db }\n    action: sqlite.query\n';
    assert.equal(
      formatted(text),
      'steps:\n  - action: sqlite.query\n    with: { target: db, sql: SELECT 1 }\n',
    );
  });

  test('belay.yaml has an order of its own', () => {
    const text = 'environments: {}\ntargets:\n  app: { path: a.db, driver: sqlite }\napiVersion: belay/v1\n';
    assert.equal(
      formatted(text, 'project'),
      'apiVersion: belay/v1\ntargets:\n  app: { driver: sqlite, path: a.db }\nenvironments: {}\n',
    );
  });

  test('an alias stays behind its anchor: then no key moves', () => {
    const text = 'steps:   &s [1]\nname: *s\n';
    assert.equal(formatted(text), 'steps: &s [1]\nname: *s\n');
  });

  test('lines of Windows become lines, and an expression stays as it is', () => {
    const text = 'name:   x\r\ndescription: |\r\n  a\r\n  b\r\nsteps:\r\n- id: a\r\n  if: ${{ 1 == 1 }}\r\n';
    assert.equal(
      formatted(text),
      'name: x\ndescription: |\n  a\n  b\nsteps:\n  - id: a\n    if: ${{ 1 == 1 }}\n',
    );
  });

  test('quotes change only where it makes no difference', () => {
    const text = `labels: { a: 'x', b: 'say "x"', c: 'back\\slash', d: "tab\\t", e: 'it''s', 'f': x }\n`;
    assert.equal(
      formatted(text),
      `labels: { a: "x", b: 'say "x"', c: 'back\\slash', d: "tab\\t", e: "it's", "f": x }\n`,
    );
  });

  test('a comment inside brackets makes a block of them', () => {
    const text = 'labels: {\n  # about a\n  a: 1, # behind a\n  b: 2\n}\n';
    assert.equal(formatted(text), 'labels:\n  # about a\n  a: 1 # behind a\n  b: 2\n');
  });

  test('a text with errors is left alone, and they are said', () => {
    const result = formatDocument({ file: 'x.yaml', text: 'a: [\n' }, 'runbook');
    assert.equal(result.text, undefined);
    assert.equal(result.findings[0]?.code, 'document/syntax');
  });
});

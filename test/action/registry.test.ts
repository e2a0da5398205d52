import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { actionOf, actions } from '../../src/action/index.ts';

type Schema = Record<string, unknown> & {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};

test('an action is available exactly when it can run', () => {
  for (const action of actions.values()) {
    assert.equal(action.availability === 'available', action.run !== undefined, action.name);
  }
});

test('every field of every input and output says what it is', () => {
  const visit = (schema: Schema, path: string): void => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      assert.ok(typeof property.description === 'string', `${path}.${name} has no description`);
      visit(property, `${path}.${name}`);
      if (property.items !== undefined) visit(property.items, `${path}.${name}[]`);
    }
  };
  for (const action of actions.values()) {
    visit(action.with as unknown as Schema, `${action.name} with`);
    visit(action.outputs as unknown as Schema, `${action.name} outputs`);
  }
});

test('every object of an input refuses unknown keys', () => {
  const visit = (schema: Schema, path: string): void => {
    if (schema.properties !== undefined) assert.equal(schema.additionalProperties, false, path);
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      visit(property, `${path}.${name}`);
    if (schema.items !== undefined) visit(schema.items, `${path}[]`);
  };
  for (const action of actions.values()) visit(action.with as unknown as Schema, action.name);
});

test('no output has a name that belongs to the step itself', () => {
  for (const action of actions.values()) {
    for (const name of ['state', 'error', 'attempts', 'items']) {
      assert.equal(name in action.outputs.properties, false, `${action.name}.${name}`);
    }
  }
});

test('the keys that hold targets are keys of the input', () => {
  for (const action of actions.values()) {
    for (const key of action.targetKeys) assert.ok(key in action.with.properties, `${action.name}.${key}`);
  }
});

test('an action lies in the file that its name says', () => {
  for (const { name } of actions.values()) {
    const [domain = '', verb = domain] = name.split('.');
    const file = verb.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const path = join(import.meta.dirname, '../../src/action', domain, `${file}.ts`);
    assert.match(readFileSync(path, 'utf8'), new RegExp(`name: '${name}'`), path);
  }
});

test('a name that is no action has no entry', () => {
  assert.equal(actionOf('sqlite.drop'), undefined);
  assert.equal(actionOf('constructor'), undefined);
});

// Property: a runbook written another way is the same runbook. Keys in any order, any quoting, flow or block, comments,
// blank lines, line ends, durations in other units: nothing is told. And what does change something is never silent.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compareFiles } from '../../../src/review/diff/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const bundled = readdirSync(join(root, 'runbooks')).map((name) => join(root, 'runbooks', name));
const texts = [
  ...bundled,
  // A pair that begins with nothing has no `old` in a clone.
  ...readdirSync(join(import.meta.dirname, 'pairs'))
    .filter((name) => existsSync(join(import.meta.dirname, 'pairs', name, 'old')))
    .flatMap((name) =>
      readdirSync(join(import.meta.dirname, 'pairs', name, 'old'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.startsWith('runbooks/') && file.endsWith('.yaml'))
        .map((file) => join(import.meta.dirname, 'pairs', name, 'old', file)),
    ),
].map((path) => readFileSync(path, 'utf8'));
const runbooks = [...new Set(texts)].filter(
  (text) => /^steps:/m.test(text) && compare(text, text).length === 0,
);

/** A small generator: the same seed, the same texts. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

type Next = () => number;

function shuffled<T>(items: readonly T[], next: Next): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(next() * left.length), 1)[0] as T);
}

function write(value: unknown, next: Next, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0 || next() < 0.3) return `[${value.map((item) => flow(item, next)).join(',  ')}]`;
    return value.map((item) => `\n${comment(next, indent)}${indent}- ${inItem(item, next, indent)}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    if (Object.keys(value).length === 0 || next() < 0.2) return flow(value, next);
    return `\n${entries(value, next, indent)}`;
  }
  return scalar(value, next, false);
}

/** The first key of a mapping stands on the line of its dash. */
function inItem(item: unknown, next: Next, indent: string): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || Object.keys(item).length === 0)
    return flow(item, next);
  return entries(item, next, `${indent}  `, false).slice(indent.length + 2);
}

function entries(value: object, next: Next, indent: string, hasComments = true): string {
  return shuffled(Object.entries(value), next)
    .map(
      ([key, item], index) =>
        `${hasComments || index > 0 ? comment(next, indent) : ''}${indent}${quotedKey(key, next)}: ${write(item, next, `${indent}  `)}`,
    )
    .join('\n');
}

function flow(value: unknown, next: Next): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, next)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${shuffled(Object.entries(value), next)
      .map(([key, item]) => `${quotedKey(key, next)}: ${flow(item, next)}`)
      .join(', ')} }`;
  return scalar(value, next, true);
}

function quotedKey(key: string, next: Next): string {
  return next() < 0.2 ? JSON.stringify(key) : key;
}

function comment(next: Next, indent: string): string {
  return next() < 0.15
    ? `${indent}# ${Math.floor(next() * 1e6)}: { not: "YAML" }\n`
    : next() < 0.1
      ? '\n'
      : '';
}

function scalar(value: unknown, next: Next, isFlow: boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = layout(value, next);
  if (/^[a-z][a-zA-Z0-9]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/.test(text) && next() < 0.5)
    return text;
  if (!isFlow && !text.includes('\n') && !text.includes("'") && next() < 0.3) return `'${text}'`;
  return JSON.stringify(text);
}

/** What is one expression may have other spaces; `2h` is `120m`. */
function layout(text: string, next: Next): string {
  const hours = /^(\d+)h$/.exec(text);
  if (hours && next() < 0.5) return `${Number(hours[1]) * 60}m`;
  const inner = /^\$\{\{([^"']*)\}\}$/s.exec(text)?.[1];
  if (inner === undefined || next() < 0.5) return text;
  const wide = inner.replaceAll(/\s+/g, '  ').trim();
  return `\${{  ${wide.includes(' ') ? `(${wide})` : wide}\t}}`;
}

function compare(old: string, now: string) {
  const source = (file: string, text: string) => ({ file, text });
  return compareFiles({
    old: source('old.yaml', old),
    now: source('new.yaml', now),
    readOld: () => undefined,
    readNow: () => undefined,
  }).changes;
}

test('a runbook that is only written another way changes nothing', () => {
  assert.ok(runbooks.length >= 12);
  for (const [index, text] of runbooks.entries()) {
    const value: unknown = parse(text);
    for (let seed = 1; seed <= 5; seed++) {
      const next = random(index * 1000 + seed);
      const body = entries(value as object, next, '');
      const written = next() < 0.3 ? body.replaceAll('\n', '\r\n') : body;
      const changes = compare(text, written);
      assert.deepEqual(
        changes.map(({ message }) => message),
        [],
        `runbook ${index}, seed ${seed}:\n${written}`,
      );
    }
  }
});

/** Places of values, with those that only a reader sees left out. */
function leaves(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return [path];
}

function changedAt(value: unknown, path: readonly (string | number)[], next: Next): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return other(value, next);
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? changedAt(item, rest, next) : item));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: changedAt(record[key], rest, next) };
}

function other(value: unknown, next: Next): unknown {
  if (typeof value === 'number') return value === 0 ? 1 : value > 0 && value < 1 ? value / 2 : value + 1;
  if (typeof value === 'boolean') return !value;
  const text = String(value);
  if (/^\d+h$/.test(text)) return '77h';
  if (/^\d+m$/.test(text)) return '77m';
  if (/^\d+d$/.test(text)) return '77d';
  return next() < 0.5 ? `${text}x` : text.replace(/[a-z]/, 'q');
}

test('no value of a runbook can change in silence', () => {
  let compared = 0;
  // Those that come with Belay; a third of their values, each time the same.
  for (const [index, text] of runbooks.slice(0, bundled.length).entries()) {
    const value: unknown = parse(text);
    for (const [at, path] of leaves(value).entries()) {
      if (at % 3 !== index % 3) continue;
      const next = random(index * 100_000 + at);
      const changed = changedAt(value, path, next);
      if (JSON.stringify(changed) === JSON.stringify(value)) continue;
      const changes = compare(text, JSON.stringify(changed, null, 1));
      if (changes.some(({ code }) => code !== 'diff/does-not-compile')) compared += 1;
      assert.ok(changes.length > 0, `runbook ${index}: ${path.join('.')} changed and nobody is told`);
    }
  }
  assert.ok(compared > 50, `${compared}`);
});

/** Every key and list item, at any depth. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, item]) => [[...path, key], ...places(item, [...path, key])]);
}

function without(value: unknown, path: readonly (string | number)[]): unknown {
  const [key, ...rest] = path;
  if (Array.isArray(value))
    return rest.length === 0
      ? value.filter((_, index) => index !== key)
      : value.map((item, index) => (index === key ? without(item, rest) : item));
  const { [key ?? '']: item, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key ?? '']: without(item, rest) };
}

test('no key can come or go in silence, unless it says what its absence means', () => {
  const pair = (name: string) => readFileSync(join(import.meta.dirname, 'pairs', name), 'utf8');
  const silent: string[] = [];
  for (const text of [
    pair('gate-removed/old/runbooks/prune.yaml'),
    pair('approvers-shortened/old/runbooks/close-accounts.yaml'),
    pair('accept-removed/old/runbooks/recover.yaml'),
    pair('project-keep-lowered/old/belay.yaml'),
  ]) {
    const value: unknown = parse(text);
    for (const path of places(value)) {
      const shorter = JSON.stringify(without(value, path));
      const name = path.join('.');
      if (compare(text, shorter).length === 0) silent.push(`- ${name}`);
      if (compare(shorter, text).length === 0) silent.push(`+ ${name}`);
    }
  }
  assert.deepEqual(silent, [
    '- steps.2.onFailure',
    '+ steps.2.onFailure',
    '- steps.3.retry.interval',
    '+ steps.3.retry.interval',
  ]);
});

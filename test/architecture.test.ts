// The table of rooms: who may import whom, and who owns which package. Intentions do not keep layers; this does.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', 'src');

/** From the bottom up: a room imports only from rooms above it in this list, and from itself. */
const rooms = [
  'base',
  'diagnostic',
  'process',
  'sqlite',
  'document',
  'project',
  'expression',
  'journal',
  'lease',
  'target',
  'store',
  'backup',
  'operation',
  'action',
  'runbook',
  'plan',
  'gate',
  'engine',
  'recovery',
  'review',
  'drill',
  'render',
  'cli',
] as const;

/** The one room that may import a package. */
const owners: Readonly<Record<string, readonly string[]>> = {
  ajv: ['document'],
  yaml: ['document'],
  '@marcbachmann/cel-js': ['expression'],
  'better-sqlite3': ['sqlite'],
  'node:sqlite': ['sqlite'],
  execa: ['process'],
  'node:child_process': ['process'],
  listr2: ['render'],
  commander: ['cli'],
  typebox: ['project', 'action', 'runbook'],
};

/** Types of a contract that lies lower than what it speaks of; values never take these ways. */
const typeOnly: ReadonlySet<string> = new Set([
  'sqlite → target',
  'sqlite → journal',
  'target → journal',
  'store → journal',
  'backup → action',
  'operation → action',
]);

/** Two more doors, each for a reason. */
const doors: ReadonlySet<string> = new Set([
  // `--version` is answered before anything else is loaded.
  'cli/main.ts base/version.ts',
  // The version has one place.
  'base/version.ts ../package.json',
]);

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly isType: boolean;
}

const files = globSync('**/*.ts', { cwd: root }).filter((file) => !file.includes('.generated.'));
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const found: Import[] = [];
  for (const [, keyword = '', specifier = ''] of text.matchAll(
    /\b((?:import|export)(?: type)?)\b[^'";]*?from '([^']+)'/g,
  )) {
    found.push({ file, specifier, isType: keyword.endsWith(' type') });
  }
  for (const [, specifier = ''] of text.matchAll(/\bimport(?:\(|\s)'([^']+)'/g))
    found.push({ file, specifier, isType: false });
  return found;
}

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : '';
}

function resolved({ file, specifier }: Import): string {
  return normalize(join(dirname(file), specifier));
}

test('every folder under src/ is a room of the table', () => {
  const unknown = new Set(
    files.map(roomOf).filter((room) => room !== '' && !(rooms as readonly string[]).includes(room)),
  );
  assert.deepEqual([...unknown], []);
});

test('a room imports only from rooms above it', () => {
  const wrong = imports.flatMap((each) => {
    if (!each.specifier.startsWith('.')) return [];
    const [from, to] = [roomOf(each.file), roomOf(resolved(each))];
    if (from === to || from === '' || doors.has(`${each.file} ${resolved(each)}`)) return [];
    if (to === '') return [`${each.file} imports ${each.specifier}, which lies in no room`];
    const isAbove = rooms.indexOf(to as never) < rooms.indexOf(from as never);
    if (isAbove || (each.isType && typeOnly.has(`${from} → ${to}`))) return [];
    return [`${each.file} (${from}) imports ${each.specifier} (${to})`];
  });
  assert.deepEqual(wrong, []);
});

test('a room is entered by its index, or by the file of its contract for types', () => {
  const wrong = imports.flatMap((each) => {
    if (!each.specifier.startsWith('.')) return [];
    const target = resolved(each);
    const [from, to] = [roomOf(each.file), roomOf(target)];
    if (from === to || doors.has(`${each.file} ${target}`)) return [];
    const rest = target.slice(to.length + 1);
    const isIndex =
      rest === 'index.ts' || /^(sqlite|local|migrate|prune|sql|lint|diff|fmt)\/index\.ts$/.test(rest);
    return isIndex || each.isType ? [] : [`${each.file} imports ${each.specifier}`];
  });
  assert.deepEqual(wrong, []);
});

test('nothing inside a folder imports the index of its own folder', () => {
  const wrong = imports.flatMap((each) => {
    if (!each.specifier.startsWith('.')) return [];
    const isOwnIndex = resolved(each) === join(dirname(each.file), 'index.ts');
    return isOwnIndex ? [`${each.file} imports its own index`] : [];
  });
  assert.deepEqual(wrong, []);
});

test('every package has its owner', () => {
  const wrong = imports.flatMap((each) => {
    const owner = Object.entries(owners).find(
      ([name]) => each.specifier === name || each.specifier.startsWith(`${name}/`),
    );
    if (owner === undefined) return [];
    return owner[1].includes(roomOf(each.file))
      ? []
      : [`${each.file} imports ${each.specifier}; ${owner[1]} owns it`];
  });
  assert.deepEqual(wrong, []);
});

test('only cli/ ends the process', () => {
  const wrong = files.filter((file) => {
    // The child is a program of its own, and so is the text that the lock test runs.
    if (roomOf(file) === 'cli' || file.startsWith('sqlite/child/') || file === 'lease/lock-test.ts')
      return false;
    return /\bprocess\.(exit\(|exitCode\b)/.test(readFileSync(join(root, file), 'utf8'));
  });
  assert.deepEqual(wrong, []);
});

test('no file imports itself through others (types too)', () => {
  const graph = new Map<string, string[]>();
  for (const each of imports) {
    if (!each.specifier.startsWith('.')) continue;
    graph.set(each.file, [...(graph.get(each.file) ?? []), resolved(each)]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file].map((each) => relative('.', each)).join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});

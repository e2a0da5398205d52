// What a runbook declares about the way back: undo actions, points of no return, backups of targets.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findings, runbook } from './support.ts';

const db = 'targets: { db: { driver: sqlite, path: a.db } }';
const step = (text: string) => `\n${db}\nsteps:\n  - ${text}\n`;
const outside = 'action: command.run, with: { argv: [x] }';

describe('rollback of a step', () => {
  test('an undo is compiled like a step, over `self` as far as the step came', () => {
    const undo =
      'rollback: { action: command.run, with: { argv: [y, "${{ has(self.stdout) ? self.stdout : run.id }}"] } }';
    const [compiled] = runbook(step(`{ id: a, ${undo}, ${outside} }`)).steps;
    assert.equal(compiled?.rollback?.kind, 'action');
    assert.equal(compiled.rollback.kind === 'action' && compiled.rollback.effect, 'external');
  });

  test('an output that a step stopped half-way may not have is guarded', () => {
    const undo = 'rollback: { action: command.run, with: { argv: ["${{ self.stdout }}"] } }';
    const [first] = findings(step(`{ id: a, ${undo}, ${outside} }`));
    assert.match(first ?? '', /^expression\/.* stopped half-way/);
  });

  test('an undo does not see what runs later', () => {
    const undo = 'rollback: { action: command.run, with: { argv: ["${{ steps.b.stdout }}"] } }';
    const text = `\n${db}\nsteps:\n  - { id: a, ${undo}, ${outside} }\n  - { id: b, ${outside} }\n`;
    assert.match(findings(text)[0] ?? '', /runs later/);
  });

  test('an undo sees the item of its loop', () => {
    const undo = 'rollback: { action: command.run, with: { argv: ["${{ file }}"] } }';
    const loop = 'forEach: { items: [a, b], as: file }';
    assert.equal(runbook(step(`{ id: a, ${loop}, ${undo}, ${outside} }`)).steps.length, 1);
  });

  for (const [what, undo] of [
    ['changes a target', '{ action: sqlite.execute, with: { target: db, sql: "DELETE FROM t" } }'],
    ['maintains a target', '{ action: sqlite.vacuum, with: { target: db } }'],
    ['lets a program touch a target', '{ action: command.run, with: { argv: [y], touches: [db] } }'],
  ] as const)
    test(`an undo that ${what} is refused`, () => {
      const [first] = findings(step(`{ id: a, rollback: ${undo}, ${outside} }`));
      assert.match(first ?? '', /^runbook\/rollback-changes /);
    });

  test('a point of no return keeps its reason', () => {
    const [compiled] = runbook(step(`{ id: a, rollback: none, reason: the mail is out, ${outside} }`)).steps;
    assert.deepEqual(compiled?.rollback, { kind: 'none', reason: 'the mail is out' });
  });
});

describe('backup of a target', () => {
  const target = (text: string) => `\ntargets: { db: { ${text} } }`;

  test('`none` keeps its reason', () => {
    const [compiled] = runbook(target('driver: sqlite, path: a.db, backup: none, reason: rebuilt')).targets;
    assert.deepEqual(compiled?.backup, { kind: 'none', reason: 'rebuilt' });
  });

  for (const backup of [
    'none, reason: rebuilt',
    '{ store: other }',
    '{ keep: { last: 2 } }',
    '{ keep: { daily: 9 } }',
  ])
    test(`beside \`use\` it is never made laxer: ${backup}`, () => {
      const [first] = findings(target(`use: nerve, backup: ${backup}`));
      assert.match(first ?? '', /^runbook\/backup-laxer .*`db` is of the catalogue/);
    });

  test('beside `use` it may be made stricter', () => {
    const stricter =
      'use: nerve, onForeignWrites: discard, backup: { before: maintain, verify: integrity, keep: { last: 9 } }';
    const [compiled] = runbook(target(stricter)).targets;
    assert.equal(compiled?.discardsForeignWrites, true);
    assert.equal(compiled.backup?.kind === 'backup' && compiled.backup.before, 'maintain');
  });
});

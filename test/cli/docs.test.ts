// `belay docs`: the page of a runbook, with a diagram that Mermaid reads whatever the file says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cli } from '../support/cli.ts';
import { project } from './support.ts';

const runbook = `apiVersion: belay/v1
name: close
title: Close *stale* accounts
description: Deletes what nobody has used.
links: { pager: "https://evil.example" }
params:
  database: { type: path, required: true, description: "the | database" }
  olderThan: { type: duration, default: 90d }
secrets: { token: { env: TOKEN } }
targets: { db: { driver: sqlite, path: "\${{ params.database }}" } }
preconditions:
  - { id: sound, name: It is sound, action: sqlite.check, with: { target: db } }
steps:
  - { id: ask, approval: { message: Delete them?, approvers: [alice, bob], minApprovals: 2 } }
  - id: delete
    name: 'Delete "them"; end'
    if: \${{ params.olderThan > params.olderThan - params.olderThan }}
    confirm: { message: Really?, expect: "\${{ target.db.name }}" }
    action: sqlite.execute
    with:
      target: db
      sql: DELETE FROM users WHERE last < :cutoff
      params: { cutoff: "\${{ sqlTime(now - params.olderThan) }}" }
    accept: true
  - id: tell
    name: 1. Tell them
    forEach: { items: [a, b], as: room }
    action: notify.webhook
    with: { url: "https://example.org/\${{ room }}", body: { text: done } }
    timeout: 10s
    onFailure: continue
    rollback: none
    reason: a message cannot be unsaid
outputs: { rows: "\${{ steps.delete.?changes.orValue(0) }}" }
`;

describe('belay docs', () => {
  test('says what a runbook is for, needs, asks, does, and what takes it back', async () => {
    await using program = cli();
    program.file('runbooks/close.yaml', runbook);
    const { stdout, stderr, exitCode } = await program.run(['docs', 'close']);
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
    for (const part of [
      '# Close \\*stale\\* accounts\n\n`close` · `runbooks/close.yaml`\n\nDeletes what nobody has used.\n',
      '```sh\nbelay run close -p database=./PATH\n```',
      '| `database` | path | required | the \\| database |',
      '| `olderThan` | duration | default `90d` |  |',
      '| `token` | environment variable `TOKEN` |',
      '| `db` | `${{ params.database }}` |  |',
      '## Before anything, these must hold\n\n### It is sound\n',
      '### 1\\. Wait for approval\n\n- `ask`: only asks\n- **asks first:** 2 of alice, bob, not the operator approve',
      '- `delete`: `sqlite.execute` · **change** on `db`',
      '- **asks first:** the operator confirms by typing `${{ target.db.name }}`, within <took>: Really?',
      '- undo: put back: row by row, or from the backup',
      '```sql\nDELETE FROM users WHERE last < :cutoff\n```',
      '- a failure does not stop the run\n- undo: a point of no return: a message cannot be unsaid',
      '- once `delete` has succeeded, nothing before it is put back any more',
      '- `tell` cannot be taken back: a message cannot be unsaid',
      '| `rows` | `${{ steps.delete.?changes.orValue(0) }}` |',
      '- pager: `https://evil.example`',
    ])
      assert.ok(stdout.includes(part), `${part}\n--- is not in ---\n${stdout}`);
    assert.equal((await program.run(['docs', 'close', '--output', 'markdown'])).stdout, stdout);
  });

  test('draws the course: gates, steps with their effect, and from where on nothing is put back', async () => {
    await using program = cli();
    program.file('runbooks/close.yaml', runbook);
    const { json } = await program.run(['docs', 'close', '--output', 'json']);
    const { markdown, diagram, name, file } = json();
    assert.equal(name, 'close');
    assert.equal(file, 'runbooks/close.yaml');
    assert.ok(String(markdown).includes(String(diagram).trimEnd()));
    const [init, kind, ...lines] = String(diagram).split('\n');
    assert.match(init ?? '', /^%%\{init: \{.*\}\}%%$/);
    assert.equal(kind, 'flowchart TD');
    assert.deepEqual(
      lines.filter((line) => line.includes('-->')),
      [
        '  start --> pre',
        '  pre --> g0',
        '  g0 --> g1',
        '  g1 --> s1',
        '  s1 --> a2',
        '  a2 --> s2',
        '  s2 --> finish',
      ],
    );
    assert.ok(lines.includes('  g0{{"others approve<br/>Delete them#63;"}}:::ask'));
    assert.ok(
      lines.some((line) => line.startsWith('  s1["Delete #34;them#34;#59; end<br/>sqlite#46;execute')),
    );
    assert.ok(lines.some((line) => line.startsWith('  s2[["1#46; Tell them<br/>notify#46;webhook')));
  });

  test('nothing that a file says leaves the label of a node', async () => {
    await using program = cli();
    const hostile =
      '"]; click s0 href "javascript:alert(1)" %% <script> `x` #35; & end\\n  s9 --> s0 \\u202e';
    program.file(
      'runbooks/x.yaml',
      `apiVersion: belay/v1\nname: x\nsteps:\n  - { id: a, name: ${JSON.stringify(hostile).replaceAll('\\\\', '\\')}, action: wait, with: { for: 1s } }\n`,
    );
    const { json } = await program.run(['docs', 'x', '--output', 'json']);
    for (const line of String(json().diagram).split('\n').slice(2)) {
      if (line.startsWith('  classDef ') || line === '') continue;
      assert.match(
        line,
        /^ {2}\w+(?: --> \w+|[[({]{1,2}"(?:[\p{L}\p{N} ,]|#\d+;|<br\/>)*"[\])}]{1,2}:::\w+)$/u,
      );
    }
  });

  test('a very long runbook has a diagram that is still drawn', async () => {
    await using program = cli();
    const steps = Array.from(
      { length: 200 },
      (_, i) => `  - { id: s${i}, action: wait, with: { for: 1s } }\n`,
    );
    program.file('runbooks/long.yaml', `apiVersion: belay/v1\nname: long\nsteps:\n${steps.join('')}`);
    const { json } = await program.run(['docs', 'long', '--output', 'json']);
    assert.match(String(json().diagram), /more\["and 140 more steps"\]/);
  });

  test('every runbook that comes with Belay has a page', async () => {
    await using program = project();
    const { json } = await program.run(['list', '--output', 'json']);
    for (const { name } of json().runbooks as { name: string }[]) {
      const { stdout, exitCode } = await program.run(['docs', name]);
      assert.equal(exitCode, 0, name);
      assert.match(stdout, /^# \S/);
    }
  });
});

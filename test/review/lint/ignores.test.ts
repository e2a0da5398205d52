import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runbookExample, sqlExample } from '../../../src/review/lint/rule.ts';
import { lintExample, said } from './support.ts';

const purge = (comment: string, inside = '') => `${comment}
  - id: purge
    confirm: { message: Go on?, expect: app }
    action: sqlite.execute
    with:
      target: db
${inside}      sql: DELETE FROM sessions
`;

async function of(steps: string) {
  const result = await lintExample(runbookExample(steps));
  return { said: said(result), ignored: result.ignored.map(({ reason }) => reason) };
}

describe('an ignore', () => {
  it('above a step holds for the whole step, and is listed with its reason', async () => {
    assert.deepEqual(await of(purge('  # belay-lint-ignore delete-without-where: sessions are made again')), {
      said: [],
      ignored: ['sessions are made again'],
    });
  });

  it('above a line holds for that line', async () => {
    assert.deepEqual(
      await of(purge('', '      # belay-lint-ignore lint/delete-without-where: made again\n')),
      {
        said: [],
        ignored: ['made again'],
      },
    );
  });

  it('at the end of the line holds for that line', async () => {
    const step = purge('').replace(
      'sessions\n',
      'sessions # belay-lint-ignore delete-without-where: made again\n',
    );
    assert.deepEqual((await of(step)).ignored, ['made again']);
  });

  it('does not reach the next step', async () => {
    const steps = `  # belay-lint-ignore delete-without-where: made again
  - { id: look, action: sqlite.check, with: { target: db } }
${purge('').trimStart().replace(/^/, '  ')}`;
    assert.deepEqual((await of(steps)).said, ['unused-ignore 6:3', 'delete-without-where 13:12']);
  });

  it('may name several rules', async () => {
    const { said: left } = await of(
      purge('  # belay-lint-ignore delete-without-where, unused-param: both were decided'),
    );
    assert.deepEqual(left, ['unused-ignore 6:3']);
  });

  it('without a reason ignores nothing, and is a finding', async () => {
    const bare = purge('  # belay-lint-ignore delete-without-where');
    assert.ok(
      (await lintExample(runbookExample(bare))).findings.some(
        ({ code }) => code === 'lint/ignore-without-reason',
      ),
    );
    assert.deepEqual((await of(bare)).said, ['ignore-without-reason 6:3', 'delete-without-where 12:12']);
  });

  it('of a rule that does not exist names the one that is meant', async () => {
    const { findings } = await lintExample(
      runbookExample(purge('  # belay-lint-ignore delete-without-wher: made again')),
    );
    assert.equal(
      findings.find(({ code }) => code === 'lint/unused-ignore')?.fix,
      'did you mean `delete-without-where`?',
    );
  });

  it('of a rule that the profile does not have is no finding', async () => {
    const example = runbookExample(
      '  # belay-lint-ignore drop-table: of a rule of another profile\n  - { id: look, action: sqlite.check, with: { target: db } }',
    );
    assert.deepEqual(said(await lintExample(example, 'basic')), []);
    assert.deepEqual(said(await lintExample(example, 'safety')), ['unused-ignore 6:3']);
  });

  it('in a value is no ignore', async () => {
    const step = purge('').replace(
      'DELETE',
      '|-\n        # belay-lint-ignore delete-without-where: no\n        DELETE',
    );
    assert.deepEqual((await of(step)).ignored, []);
  });

  it('in SQL is a comment above the statement', async () => {
    const result = await lintExample(
      sqlExample(
        '-- belay-lint-ignore drop-table: empty since 2020\n-- and nobody reads it\nDROP TABLE old;\nDROP TABLE older;',
      ),
    );
    assert.deepEqual(said(result), ['drop-table 4:1']);
    assert.deepEqual(
      result.ignored.map(({ reason }) => reason),
      ['empty since 2020'],
    );
  });
});

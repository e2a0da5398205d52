import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createGateKeeper } from '../../src/gate/index.ts';
import { type FakeTerminal, fakeTerminal, question } from './support.ts';

const never = new AbortController().signal;

function keeper(
  terminal: FakeTerminal | undefined,
  more: { yes?: boolean; texts?: [string, string][] } = {},
) {
  return createGateKeeper({
    saysYes: more.yes === true,
    texts: new Map(more.texts ?? []),
    operator: 'alice',
    ...(terminal === undefined ? {} : { terminal }),
  });
}

async function typed(text: string, expect?: string) {
  const terminal = fakeTerminal();
  const asking = keeper(terminal).answer(question(expect === undefined ? {} : { expect }), never);
  await terminal.until(/within 1m: /);
  terminal.input.write(`${text}\r`);
  return { answer: await asking, terminal };
}

describe('asking the operator', () => {
  test('shows step, message, target, preview and inputs before it asks', async () => {
    const { terminal } = await typed('no');
    const shown = terminal.shown();
    for (const part of ['step delete', 'Delete 7 rows?', '/data/app.db', '7 rows of 10', 'table: entries'])
      assert.ok(shown.includes(part), part);
    assert.ok(shown.indexOf('7 rows of 10') < shown.indexOf('Go on?'));
  });

  test('yes is yes, and nothing else is', async () => {
    for (const text of ['yes', 'y', 'YES', ' yes '])
      assert.equal((await typed(text)).answer.decision, 'confirmed', text);
    for (const text of ['', 'no', 'n', 'yess', 'ok', 'db'])
      assert.equal((await typed(text)).answer.decision, 'declined', text);
  });

  test('a text has to be typed exactly', async () => {
    assert.deepEqual((await typed('app', 'app')).answer, {
      decision: 'confirmed',
      by: 'alice',
      how: 'typed',
    });
    for (const text of ['App', 'yes', 'ap', '']) {
      const { answer } = await typed(text, 'app');
      assert.equal(answer.decision, 'declined', text);
      assert.match(answer.reason ?? '', /`app` was expected/);
    }
  });

  test('Ctrl-C declines and interrupts the run', async () => {
    const terminal = fakeTerminal();
    const asking = keeper(terminal).answer(question(), never);
    await terminal.until(/within 1m: /);
    terminal.input.write('\u0003');
    assert.equal((await asking).decision, 'declined');
    assert.deepEqual(terminal.signals, ['SIGINT']);
  });

  test('Ctrl-D and the end of input decline', async () => {
    const terminal = fakeTerminal();
    const asking = keeper(terminal).answer(question(), never);
    await terminal.until(/within 1m: /);
    terminal.input.end();
    assert.equal((await asking).decision, 'declined');
    assert.deepEqual(terminal.signals, []);
  });

  test('time that runs out is a no of nobody', async () => {
    const terminal = fakeTerminal({ noticeMs: 40 });
    const answer = await keeper(terminal).answer(question({ timeoutMs: 150 }), never);
    assert.deepEqual([answer.decision, answer.by, answer.how], ['expired', 'nobody', 'timeout']);
    assert.match(terminal.shown(), /left, then it counts as declined/);
  });

  test('a signal of the run ends the waiting with a no', async () => {
    const stop = new AbortController();
    const terminal = fakeTerminal();
    const asking = keeper(terminal).answer(question(), stop.signal);
    await terminal.until(/within 1m: /);
    stop.abort();
    assert.equal((await asking).decision, 'declined');
  });

  test('a terminal that goes away declines; one that has gone is not asked', async () => {
    const terminal = fakeTerminal();
    const asking = keeper(terminal).answer(question(), never);
    await terminal.until(/within 1m: /);
    terminal.hangUp();
    assert.equal((await asking).decision, 'declined');
    assert.deepEqual(terminal.signals, ['SIGHUP']);
    const before = terminal.shown();
    const { reason, by, how } = await keeper(terminal).answer(question(), never);
    assert.deepEqual([reason, by, how], ['the terminal is gone', 'nobody', 'hangup']);
    assert.equal(terminal.shown(), before);
  });

  test('control characters of a message do not reach the terminal', async () => {
    const terminal = fakeTerminal();
    const asking = keeper(terminal).answer(
      question({ message: 'a\u001b[2Jb', expect: 'x\u001b]0;y' }),
      never,
    );
    await terminal.until(/within 1m: /);
    terminal.input.write('no\r');
    await asking;
    assert.ok(!terminal.shown().includes('\u001b[2J'));
    assert.ok(!terminal.shown().includes('\u001b]0;'));
  });
});

describe('answers of the command line', () => {
  test('--yes answers gates without a text, and no other', async () => {
    const yes = keeper(undefined, { yes: true });
    assert.equal((await yes.answer(question(), never)).how, '--yes');
    assert.equal((await yes.answer(question({ expect: 'app' }), never)).decision, 'declined');
    assert.equal(yes.canAnswer({ step: 'delete', hasExpect: false }), true);
    assert.equal(yes.canAnswer({ step: 'delete', hasExpect: true }), false);
  });

  test('--confirm must be the text; a wrong one is declined with both, and the terminal is not asked', async () => {
    const terminal = fakeTerminal();
    const right = keeper(terminal, { texts: [['delete', 'app']] });
    assert.equal((await right.answer(question({ expect: 'app' }), never)).how, '--confirm');
    const wrong = await right.answer(question({ expect: 'other' }), never);
    assert.equal(wrong.decision, 'declined');
    assert.match(wrong.reason ?? '', /`app`.*`other`/);
    assert.equal(terminal.shown(), '');
  });

  test('with nothing at all nobody can answer, and the answer is no', async () => {
    const none = keeper(undefined);
    assert.equal(none.canAnswer({ step: 'delete', hasExpect: false }), false);
    assert.equal((await none.answer(question(), never)).decision, 'declined');
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  type ApprovalQuestion,
  closeInbox,
  collectDecisions,
  type Decision,
  decideApproval,
  openInbox,
  readQuestion,
  signedText,
  thisPerson,
  writeDecision,
} from '../../src/gate/index.ts';
import { signWithKey } from '../../src/process/index.ts';
import { approvalQuestion } from './support.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const me = thisPerson({});
const isRoot = me.uid === 0;
const now = new Date('2026-11-21T12:00:00Z');

function state(question: ApprovalQuestion): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-inbox-'));
  folders.push(folder);
  writeFileSync(join(folder, 'journal.db'), '');
  openInbox(folder, question);
  return folder;
}

function decision(question: ApprovalQuestion, changes: Partial<Decision> = {}): Decision {
  const { runId: run, step, digest } = question;
  return { version: 1, run, step, digest, decision: 'approved', by: me, at: now.toISOString(), ...changes };
}

async function verdict(question: ApprovalQuestion, decisions: readonly Decision[], at = now) {
  const folder = state(question);
  for (const each of decisions) writeDecision(folder, each);
  return await decideApproval(question, collectDecisions(folder, question.runId), at);
}

const mine = approvalQuestion({ approvers: [me.name] });

describe('approval', () => {
  test('of one who is in the list counts', async () => {
    const { state: reached, counted, ignored } = await verdict(mine, [decision(mine)]);
    assert.equal(reached, 'approved');
    assert.deepEqual(ignored, []);
    assert.deepEqual([counted[0]?.by, counted[0]?.how], [me.name, 'os-user']);
  });

  test('silence is not yes', async () => {
    const { state: reached, missing } = await verdict(mine, []);
    assert.deepEqual([reached, missing], ['waiting', 1]);
  });

  test('a person counts once', async () => {
    const two = approvalQuestion({ approvers: [me.name, 'somebody'], minApprovals: 2 });
    const { state: reached, missing } = await verdict(two, [decision(two), decision(two), decision(two)]);
    assert.deepEqual([reached, missing], ['waiting', 1]);
  });

  test('one rejection is enough, whoever approved before or after', async () => {
    const no = decision(mine, { decision: 'rejected', reason: 'not today' });
    const { state: reached, counted } = await verdict(mine, [decision(mine), no, decision(mine)]);
    assert.equal(reached, 'rejected');
    assert.equal(counted[0]?.reason, 'not today');
  });

  test('time that has run out means no, even with enough approvals', async () => {
    const late = new Date(mine.expiresAt);
    assert.equal((await verdict(mine, [decision(mine)], late)).state, 'expired');
  });

  test('somebody outside the list, another run, step or question is ignored, and said', async () => {
    const others = approvalQuestion({ approvers: ['somebody', '@nobodysgroup'] });
    for (const [question, wrong, words] of [
      [others, decision(others), /not in the list/],
      [mine, decision(mine, { run: 'run-other' }), /another gate/],
      [mine, decision(mine, { step: 'other' }), /another gate/],
      [mine, decision(mine, { digest: 'e'.repeat(64) }), /earlier question/],
      [mine, decision(mine, { by: { ...me, uid: me.uid + 1 } }), /claims to be of uid/],
    ] as const) {
      const folder = state(question);
      writeDecision(folder, { ...wrong, run: question.runId });
      const found = collectDecisions(folder, question.runId).map((each) => ({ ...each, decision: wrong }));
      const { state: reached, ignored } = await decideApproval(question, found, now);
      assert.equal(reached, 'waiting');
      assert.match(ignored[0] ?? '', words);
    }
  });

  test('the operator does not approve, also not behind sudo, unless the runbook allows it', async () => {
    const self = approvalQuestion({ approvers: [me.name], operator: me });
    assert.equal((await verdict(self, [decision(self)])).state, 'waiting');
    const behind = approvalQuestion({
      approvers: [me.name],
      operator: { uid: 4242, name: 'bob', host: 'here' },
    });
    const sudo = decision(behind, { by: { ...me, sudoUid: 4242 } });
    assert.equal((await verdict(behind, [sudo])).state, 'waiting');
    const allowed = approvalQuestion({ approvers: [me.name], operator: me, preventsSelfApproval: false });
    assert.equal((await verdict(allowed, [decision(allowed)])).state, 'approved');
  });

  test('a group counts by its members and by the primary group', async () => {
    const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
    const grouped = approvalQuestion({ approvers: [`@${group}`] });
    assert.equal((await verdict(grouped, [decision(grouped)])).state, 'approved');
  });
});

describe('the inbox', () => {
  test('closes what is private before others may pass', () => {
    const folder = state(mine);
    const mode = (path: string) => statSync(join(folder, path)).mode & 0o7777;
    assert.equal(mode('journal.db'), 0o600);
    assert.equal(mode('.'), 0o711);
    assert.equal(mode('inbox'), 0o711);
    assert.equal(mode(`inbox/${mine.runId}`), 0o1777);
    assert.deepEqual(readQuestion(folder, mine.runId), mine);
    closeInbox(folder, mine.runId);
    assert.equal(readQuestion(folder, mine.runId), undefined);
    assert.deepEqual(collectDecisions(folder, mine.runId), []);
  });

  test('says when it cannot be made or reached', () => {
    const folder = state(mine);
    closeInbox(folder, mine.runId);
    assert.throws(() => writeDecision(folder, decision(mine)), { code: 'gate/no-inbox' });
    assert.throws(() => openInbox(join(folder, 'journal.db'), mine), { code: 'gate/no-inbox' });
  });

  test('what others leave there keeps no run from going on', { skip: !isRoot && 'needs root' }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'belay-inbox-'));
    folders.push(folder);
    const nobody = 65_534;
    chownSync(folder, nobody, nobody);
    process.seteuid?.(nobody);
    try {
      openInbox(folder, mine);
      process.seteuid?.(0);
      const left = join(folder, 'inbox', mine.runId, 'decision-left.json');
      mkdirSync(left);
      writeFileSync(join(left, 'file'), '');
      process.seteuid?.(nobody);
      closeInbox(folder, mine.runId);
      assert.equal(readQuestion(folder, mine.runId), undefined);
      openInbox(folder, mine);
      assert.equal(readQuestion(folder, mine.runId)?.digest, mine.digest);
    } finally {
      process.seteuid?.(0);
    }
  });

  test('links, folders and nonsense are no decisions', async () => {
    const folder = state(mine);
    const inbox = join(folder, 'inbox', mine.runId);
    writeDecision(folder, decision(mine));
    const [real] = collectDecisions(folder, mine.runId);
    assert.ok(real !== undefined);
    linkSync(real.file, join(inbox, 'decision-linked.json'));
    writeFileSync(join(inbox, 'target'), readFileSync(real.file));
    symlinkSync(join(inbox, 'target'), join(inbox, 'decision-symlinked.json'));
    writeFileSync(join(inbox, 'decision-nonsense.json'), '{"version":1');
    writeFileSync(join(inbox, 'decision-huge.json'), 'x'.repeat(100_000));
    writeFileSync(join(inbox, 'decision-partial.json'), JSON.stringify({ ...decision(mine), by: 'root' }));
    const found = collectDecisions(folder, mine.runId);
    assert.equal(found.length, 6);
    assert.deepEqual(
      found.filter((each) => each.decision !== undefined),
      [],
    );
    assert.equal((await decideApproval(mine, found, now)).state, 'waiting');
  });

  test('who owns the file is who decided, whatever it says', { skip: !isRoot && 'needs root' }, async () => {
    const named = approvalQuestion({ approvers: ['root'] });
    const folder = state(named);
    writeDecision(folder, decision(named));
    const [real] = collectDecisions(folder, named.runId);
    chownSync(real?.file ?? '', 65534, 65534);
    const { state: reached, ignored } = await decideApproval(
      named,
      collectDecisions(folder, named.runId),
      now,
    );
    assert.equal(reached, 'waiting');
    assert.match(ignored[0] ?? '', /claims to be of uid 0/);
  });
});

const hasKeygen = (() => {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
})();

describe('approval by SSH key', { skip: !hasKeygen && 'no ssh-keygen' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'belay-keys-'));
  folders.push(folder);
  const key = (name: string): { file: string; listed: string } => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return { file, listed: `key:${readFileSync(`${file}.pub`, 'utf8').trim()}` };
  };

  test('counts for the text that was signed, by a key of the list, and for nothing else', async () => {
    const [alice, mallory] = [key('alice'), key('mallory')];
    const question = approvalQuestion({ approvers: [alice.listed] });
    const plain = decision(question);
    const signed = { ...plain, signature: await signWithKey(alice.file, signedText(plain)) };
    const { state: reached, counted } = await verdict(question, [signed]);
    assert.equal(reached, 'approved');
    assert.equal(counted[0]?.how, 'ssh-key');
    const byMallory = { ...plain, signature: await signWithKey(mallory.file, signedText(plain)) };
    for (const wrong of [byMallory, plain, { ...signed, signature: 'nonsense' }])
      assert.equal((await verdict(question, [wrong])).state, 'waiting');
    const other = approvalQuestion({ approvers: [alice.listed], digest: 'e'.repeat(64) });
    assert.equal((await verdict(other, [{ ...signed, digest: other.digest }])).state, 'waiting');
  });

  test('who signs and approves by name counts once; two keys of one account are two people', async () => {
    const [alice, bob] = [key('alice2'), key('bob2')];
    const question = approvalQuestion({ approvers: [me.name, alice.listed, bob.listed], minApprovals: 2 });
    const plain = decision(question);
    const byAlice = { ...plain, signature: await signWithKey(alice.file, signedText(plain)) };
    const byBob = { ...plain, signature: await signWithKey(bob.file, signedText(plain)) };
    assert.equal((await verdict(question, [plain, byAlice])).missing, 1);
    assert.equal((await verdict(question, [byAlice, byBob])).state, 'approved');
  });

  test('a file that is no key does not sign', async () => {
    const file = join(folder, 'none');
    writeFileSync(file, 'no key\n', { mode: 0o600 });
    await assert.rejects(signWithKey(file, 'text'), { code: 'process/not-signed' });
  });
});

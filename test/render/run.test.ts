import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../src/base/index.ts';
import { createRunRenderer, renderRun, renderSummary } from '../../src/render/index.ts';
import { createPlainRenderer } from '../../src/render/run-plain.ts';
import { failedView, failingRun, goodView, play, runId, started, startedAt } from './support.ts';

interface Played {
  readonly stdout: string;
  readonly stderr: string;
}

async function show(
  settings: { width?: number; hasColor?: boolean; isInteractive?: boolean; isVerbose?: boolean } & {
    output?: 'text' | 'json';
    isQuiet?: boolean;
    stepCount?: number;
  },
  view = failedView,
): Promise<Played> {
  const { width = 80, hasColor = false, isInteractive = false } = settings;
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof Played) => {
    const through = new PassThrough();
    through.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
    return Object.assign(through, { isTTY: isInteractive, columns: width, rows: 40 });
  };
  const screen = { width, hasColor, isInteractive, stdout: stream('stdout'), stderr: stream('stderr') };
  const renderer = await createRunRenderer({
    screen,
    output: settings.output ?? 'text',
    isQuiet: settings.isQuiet ?? false,
    isVerbose: settings.isVerbose ?? false,
    stepCount: settings.stepCount ?? 5,
    links: { docs: 'https://example.org' },
  });
  await play(renderer, failingRun, view);
  await new Promise((resolve) => setImmediate(resolve));
  return written;
}

describe('plain lines', () => {
  for (const width of [80, 200]) {
    test(`fit into ${width} columns`, async () => {
      const { stderr, stdout } = await show({ width });
      assert.equal(stdout, '');
      for (const line of stderr.split('\n')) {
        const isCommandOrPath = /^(next| {10})/.test(line);
        assert.ok(isCommandOrPath || displayWidth(line) <= width, `${displayWidth(line)}: ${line}`);
      }
    });
  }

  test('say one thing per step, with what a failed one printed', async () => {
    const { stderr } = await show({});
    assert.match(
      stderr,
      /^daily: Daily maintenance\nrun-20261121-031512-k3f9 · db: \/srv\/app\.db \(12 MB\)$/m,
    );
    assert.match(stderr, /^ok {7}healthy {2}Connection and quick check$/m);
    assert.match(stderr, /^ok {7}backup {3}Verified backup +1\.2s$/m);
    assert.match(stderr, /^ok {7}prune .*\n +entries: 1,203 rows deleted$/m);
    assert.match(stderr, /^skipped {2}each .*\n +`if: params\.deep` is false$/m);
    assert.match(stderr, /^FAILED {3}vacuum .*\n +the disk of .*\[sqlite\/full\]\n +\| last words$/m);
  });

  test('make what comes from outside harmless', async () => {
    const { stderr } = await show({});
    assert.ok(stderr.includes('a warning with \\x1b[31mcolour\\x1b[0m in it'));
    assert.ok(!stderr.includes('\u001b'));
  });

  test('end a failure with step and place, cause, state of the data, and one command', async () => {
    const { stderr } = await show({});
    const labels = stderr
      .trimEnd()
      .split('\n')
      .slice(-7)
      .map((line) => line.slice(0, 8).trim());
    assert.deepEqual(
      labels.filter((label) => label !== ''),
      ['links', 'step', 'cause', 'fix', 'data', 'next'],
    );
    assert.match(stderr, /\nstep {6}vacuum at daily\.yaml:24:5\n/);
    assert.match(stderr, /\nnext {6}belay backup restore bak-20261121-031512-aaaa --path \/srv\/app\.db\n$/);
  });

  test('have colour only when asked', async () => {
    const coloured = await show({ hasColor: true });
    assert.ok(coloured.stderr.includes('\u001b[31mFAILED\u001b[39m'));
    assert.equal(stripVTControlCharacters(coloured.stderr), (await show({})).stderr);
  });
});

describe('quiet', () => {
  test('is silent when the run exits 0, and full otherwise', async () => {
    assert.deepEqual(await show({ isQuiet: true }, goodView), { stdout: '', stderr: '' });
    assert.equal((await show({ isQuiet: true })).stderr, (await show({})).stderr);
  });
});

describe('json lines', () => {
  test('are one event per line, with run and time, without the texts of pinned files', async () => {
    const { stdout, stderr } = await show({ output: 'json' });
    assert.equal(stderr, '');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ type }) => type),
      failingRun.map(({ type }) => type),
    );
    assert.ok(lines.every(({ run, at }) => run === runId && typeof at === 'string'));
    assert.ok(!stdout.includes('secret of the file'));
    assert.deepEqual(lines[0]?.files, [{ path: '/srv/daily.yaml', sha256: 'f'.repeat(64) }]);
  });
});

describe('live picture', () => {
  test('shows every step, its failure, and closes with the same summary', async () => {
    const { stderr, stdout } = await show({ isInteractive: true, hasColor: true, width: 80 });
    assert.equal(stdout, '');
    const text = stripVTControlCharacters(stderr);
    assert.match(text, /✔ Verified backup/);
    assert.match(text, /↓ Analyze/);
    assert.match(text, /✖ Vacuum/);
    assert.match(text, /the disk of `\/srv` is full/);
    assert.ok(
      text.endsWith(
        renderSummary(failedView, { width: 80, hasColor: false, links: { docs: 'https://example.org' } }),
      ),
    );
  });

  test('leaves no listener for signals behind', async () => {
    const before = process.listenerCount('SIGINT');
    await show({ isInteractive: true });
    assert.equal(process.listenerCount('SIGINT'), before);
  });

  test('gives way to lines above fifty steps', async () => {
    const { stderr } = await show({ isInteractive: true, stepCount: 51 });
    assert.match(stderr, /^FAILED/m);
  });
});

describe('summary', () => {
  test('counts what changed, and the size of the database as it was last measured', () => {
    const [first, ...rest] = goodView.steps;
    assert.ok(first);
    const measured = {
      ...first,
      target: 'db',
      measures: [{ name: 'size', value: 9_300_000, unit: 'bytes' } as const],
    };
    const text = renderSummary({ ...goodView, steps: [...rest, measured] }, { width: 80, hasColor: false });
    assert.match(text, /^changed {3}entries: 1,203 rows deleted \(prune\)\n {10}db: 12 MB → 9\.3 MB$/m);
    assert.match(text, /daily succeeded in 2s/);
  });

  test('a run that changed nothing says so', () => {
    const text = renderSummary({ ...goodView, steps: [], commits: [] }, { width: 80, hasColor: false });
    assert.match(text, /^changed {3}nothing$/m);
  });
});

describe('run in full', () => {
  test('tells when, who, with what, and every step', () => {
    const text = renderRun(failedView, 'failed', { width: 120, hasColor: false }, []);
    assert.match(text, /^by {8}ana on db1, pid 7$/m);
    assert.match(text, /^params {4}database = \/srv\/app\.db$/m);
    assert.match(text, /^03:15:12 {2}failed +vacuum +Vacuum {2}400ms$/m);
    assert.match(text, /2 attempts/);
    assert.ok(started.type === 'run-started' && text.includes(started.title));
  });
});

describe('a step that takes long', () => {
  test('gives a sign of life in plain lines, with how far it is', async () => {
    let text = '';
    const renderer = createPlainRenderer({
      width: 80,
      hasColor: false,
      isVerbose: false,
      heartbeatMs: 5,
      write: (more) => {
        text += more;
      },
    });
    for (const event of failingRun.slice(0, 4)) renderer.event(runId, event, startedAt);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await renderer.close(undefined);
    assert.match(text, /^running {2}backup .* so far, copy, 50 of 200 pages \(25%\)$/m);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { problems, workbench } from './support.ts';

async function serve(
  t: TestContext,
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    handle(request, response, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('http.check succeeds on 2xx, and tells status, body and text that do not fit', async (t) => {
  const url = await serve(t, (request, response) => {
    response.statusCode = request.url?.startsWith('/down') ? 503 : 200;
    response.end('{"status":"ok"}');
  });
  const { run } = await workbench(t);
  const good = await run('http.check', { url, contains: '"ok"' });
  assert.equal(good.failed, undefined);
  assert.equal(good.outputs.status, 200);
  assert.equal(good.outputs.body, '{"status":"ok"}');
  const down = await run('http.check', { url: `${url}/down?token=secret` });
  assert.equal(down.failed?.message, `\`${url}/down\` answered 503, expected 2xx`);
  assert.equal((await run('http.check', { url: `${url}/down`, status: [503] })).failed, undefined);
  const without = await run('http.check', { url, contains: 'missing' });
  assert.equal(without.failed?.message, `\`${url}/\` answered 200, without the text \`missing\``);
});

test('http.check follows redirects on the same host, and no others', async (t) => {
  const other = await serve(t, (_, response) => response.end('elsewhere'));
  const url = await serve(t, (request, response) => {
    const to = { '/a': '/b', '/b': '/c', '/out': other, '/loop': '/loop' }[request.url ?? ''];
    if (to === undefined) response.end('there');
    else response.writeHead(302, { location: to }).end();
  });
  const { run } = await workbench(t);
  assert.equal((await run('http.check', { url: `${url}/a` })).outputs.body, 'there');
  assert.equal((await run('http.check', { url: `${url}/out` })).outputs.status, 302);
  assert.equal((await run('http.check', { url: `${url}/loop` })).outputs.status, 302);
});

test('http.check reads no more of an endless body than it needs, and stops when told', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/silent') return;
    const chunk = 'x'.repeat(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  const { run } = await workbench(t);
  assert.equal(String((await run('http.check', { url })).outputs.body).length, 65_536);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('told to stop')), 50);
  await assert.rejects(run('http.check', { url: `${url}/silent` }, stop.signal), { message: 'told to stop' });
});

test('http.check says why nobody answered, without the query', async (t) => {
  const { run } = await workbench(t);
  await assert.rejects(run('http.check', { url: 'http://127.0.0.1:1/x?token=abc' }), {
    code: 'action/unreachable',
    message: /^`http:\/\/127\.0\.0\.1:1\/x` did not answer: /,
  });
  await assert.rejects(run('http.check', { url: 'file:///etc/passwd' }), { code: 'action/not-a-url' });
  await assert.rejects(run('notify.webhook', { url: 'secret-but-no-url', body: {} }), {
    code: 'action/not-a-url',
    message: 'expected an http or https address, found something else',
  });
});

test('a plan asks no endpoint and sends no message', async (t) => {
  const { preview } = await workbench(t);
  assert.equal((await preview('http.check', { url: 'http://127.0.0.1:1' })).state, 'not-simulated');
  assert.equal(
    (await preview('notify.webhook', { url: 'http://127.0.0.1:1', body: {} })).state,
    'not-simulated',
  );
});

test('notify.webhook sends JSON once, and takes only 2xx for success', async (t) => {
  const seen: string[] = [];
  const url = await serve(t, (request, response, body) => {
    seen.push(
      `${request.method} ${request.headers['content-type']} ${request.headers.authorization} ${body}`,
    );
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
    else response.writeHead(204).end();
  });
  const { run } = await workbench(t);
  const headers = { Authorization: 'Bearer x' };
  const sent = await run('notify.webhook', { url, body: { text: 'é', n: [1, null] }, headers });
  assert.equal(sent.failed, undefined);
  assert.deepEqual(seen, ['POST application/json Bearer x {"text":"é","n":[1,null]}']);
  const moved = await run('notify.webhook', { url: `${url}/moved`, body: 'x' });
  assert.equal(moved.failed?.message, `\`${url}/moved\` answered 302, expected 2xx`);
  assert.equal(seen.length, 2);
});

test('command.run passes arguments as they are and gives what the program wrote', async (t) => {
  const { run, output } = await workbench(t);
  const { outputs, failed } = await run('command.run', {
    argv: ['printf', '%s|', '$HOME; rm -rf "x"', 1e21, 0.5],
    env: { UNUSED: 1 },
  });
  assert.equal(failed, undefined);
  assert.deepEqual(outputs, {
    stdout: '$HOME; rm -rf "x"|1000000000000000000000|0.5|',
    stderr: '',
    exitCode: 0,
  });
  assert.ok(output.join('').startsWith('$HOME'));
});

test('command.run gives a script values through its environment, and ends it at its first failure', async (t) => {
  const { run } = await workbench(t);
  const { outputs, failed } = await run('command.run', {
    shell: 'echo "$NAME"\nfalse\necho not reached',
    env: { NAME: '`x`' },
  });
  assert.equal(outputs.stdout, '`x`');
  assert.equal(failed?.message, 'the script exited with 1, expected 0: `x`');
});

test('command.run takes the exit codes that it is told, and shows the last line of another', async (t) => {
  const { run } = await workbench(t);
  const argv = ['sh', '-c', 'echo first >&2; echo why >&2; exit 3'];
  assert.equal((await run('command.run', { argv, exitCodes: [0, 3] })).outputs.exitCode, 3);
  const { failed, outputs } = await run('command.run', { argv });
  assert.equal(failed?.message, '`sh` exited with 3, expected 0: why');
  assert.equal(outputs.stderr, 'first\nwhy');
});

test('command.run ends the program when told to stop, and says when a signal from elsewhere ended it', async (t) => {
  const { run } = await workbench(t);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('told to stop')), 100);
  await assert.rejects(run('command.run', { argv: ['sleep', '30'] }, stop.signal), {
    message: 'told to stop',
  });
  await assert.rejects(run('command.run', { shell: 'kill -9 $$' }), {
    code: 'action/program-killed',
    message: 'the script was ended by SIGKILL',
  });
});

test('command.run takes either argv or shell; a plan starts nothing', async (t) => {
  assert.deepEqual(problems('command.run', {}), ['expected exactly one of `argv` and `shell`, found none']);
  assert.deepEqual(problems('command.run', { argv: ['x'], shell: 'x' }), [
    'expected exactly one of `argv` and `shell`, found both',
  ]);
  const { preview } = await workbench(t);
  assert.equal((await preview('command.run', { argv: ['x'] })).state, 'not-simulated');
});

test('disk.check compares the room of the nearest existing folder', async (t) => {
  const { run, folder } = await workbench(t);
  const path = join(folder, 'not', 'yet', 'there');
  const enough = await run('disk.check', { path, free: '1kB' });
  assert.equal(enough.failed, undefined);
  assert.ok(Number(enough.outputs.freeBytes) <= Number(enough.outputs.totalBytes));
  const { failed } = await run('disk.check', { path, free: 2 ** 52 });
  assert.match(failed?.message ?? '', /not\/yet\/there` has .* free, expected 4504 TB$/);
  writeFileSync(join(folder, 'file'), '');
  await assert.rejects(run('disk.check', { path: join(folder, 'file', 'below'), free: '1kB' }), {
    code: 'action/unreadable-file',
  });
});

test('wait waits, and stops when told', async (t) => {
  const { run, preview } = await workbench(t);
  const { outputs } = await run('wait', { for: '20ms' });
  assert.ok(Number(outputs.waitedMs) >= 19);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('told to stop')), 30);
  await assert.rejects(run('wait', { for: '90d' }, stop.signal), { message: 'told to stop' });
  assert.deepEqual((await preview('wait', { for: '90d' })).lines, ['waits 90d']);
});

test('metrics.write writes the text format, escaped, whole', async (t) => {
  const { run, folder } = await workbench(t);
  const to = join(folder, 'app.prom');
  writeFileSync(to, 'old');
  const { outputs } = await run('metrics.write', {
    to,
    metrics: [
      { name: 'db_size_bytes', help: 'Size\\of\nthe file', value: 4096, labels: { database: 'a"b\\c\nd' } },
      { name: 'db_rows', type: 'gauge', by: 'table', values: { users: 2, 'odd "x': 0 } },
      { name: 'db_ok', value: true },
      { name: 'db_size_bytes', value: 1.5, labels: { database: 'other' } },
    ],
  });
  const text = readFileSync(to, 'utf8');
  assert.equal(
    text,
    [
      '# HELP db_size_bytes Size\\\\of\\nthe file',
      '# TYPE db_size_bytes gauge',
      'db_size_bytes{database="a\\"b\\\\c\\nd"} 4096',
      'db_size_bytes{database="other"} 1.5',
      '# TYPE db_rows gauge',
      'db_rows{table="users"} 2',
      'db_rows{table="odd \\"x"} 0',
      '# TYPE db_ok gauge',
      'db_ok 1',
      '',
    ].join('\n'),
  );
  assert.deepEqual(outputs, { samples: 5, sizeBytes: Buffer.byteLength(text) });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    [],
  );
});

test('metrics.write puts the prefix before every name', async (t) => {
  const { run, preview, folder } = await workbench(t);
  const input = {
    to: join(folder, 'p.prom'),
    prefix: 'app_',
    metrics: [{ name: 'ok', help: 'Fine', value: false }],
  };
  await run('metrics.write', input);
  assert.equal(readFileSync(input.to, 'utf8'), '# HELP app_ok Fine\n# TYPE app_ok gauge\napp_ok 0\n');
  const { lines, facts } = await preview('metrics.write', input);
  assert.deepEqual(lines, ['writes 1 metric']);
  assert.deepEqual(facts, { metrics: ['app_ok'] });
});

test('metrics.write refuses one bad series and leaves the file as it was', async (t) => {
  const { run, folder } = await workbench(t);
  const to = join(folder, 'app.prom');
  writeFileSync(to, 'old');
  const twice = { name: 'x', value: 1, labels: { a: '1' } };
  await assert.rejects(run('metrics.write', { to, metrics: [twice, twice] }), {
    code: 'action/invalid-metric',
    message: 'series `x{a="1"}` stands there twice',
  });
  await assert.rejects(
    run('metrics.write', { to, metrics: [twice, { name: 'x', type: 'counter', value: 1 }] }),
    { code: 'action/invalid-metric' },
  );
  assert.equal(readFileSync(to, 'utf8'), 'old');
  await assert.rejects(run('metrics.write', { to: join(folder, 'none', 'x.prom'), metrics: [twice] }), {
    code: 'action/unwritable-file',
  });
  mkdirSync(join(folder, 'taken.prom'));
  await assert.rejects(run('metrics.write', { to: join(folder, 'taken.prom'), metrics: [twice] }), {
    code: 'action/unwritable-file',
    state: 'what was there before is untouched',
  });
});

test('metrics.write says what a metric lacks before anything runs', () => {
  assert.deepEqual(
    problems('metrics.write', {
      to: 'x',
      metrics: [
        { name: 'a' },
        { name: 'b', value: 1, values: {}, by: 'x' },
        { name: 'c', values: {} },
        { name: 'd', value: 1, labels: { __x: 1 } },
      ],
    }),
    [
      'expected exactly one of `value` and `values`, found none',
      'expected exactly one of `value` and `values`, found both',
      '`values` and `by` need each other',
      'label `__x` is reserved: `__` belongs to Prometheus',
    ],
  );
});

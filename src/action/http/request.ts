// One HTTP request of an action: bounded in what it reads, stopped by the attempt's signal.
// Must never put a query, a password or a header into a message: tokens travel there.

import { Failure } from '../../diagnostic/index.ts';

const mostBytes = 2 ** 20;
const mostRedirects = 3;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Follow redirects, on the same host only. */
  readonly followsRedirects: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** The first 1 MiB. */
  readonly body: string;
}

/** Fails with `action/unreachable`; an abort is thrown as the signal's reason. */
export async function httpRequest(request: HttpRequest): Promise<HttpAnswer> {
  let url = new URL(request.url);
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        method: request.method,
        headers: { ...request.headers },
        redirect: 'manual',
        signal: request.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const next = request.followsRedirects ? redirection(response, url) : undefined;
      if (next === undefined || redirects === mostRedirects) {
        return { status: response.status, body: await readBody(response) };
      }
      await response.body?.cancel();
      url = next;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    throw new Failure('action/unreachable', `\`${shownUrl(request.url)}\` did not answer: ${reason(error)}`, {
      state: 'nothing was changed by this step',
      fix: 'find out whether the service runs and the address is right',
      cause: error,
    });
  }
}

/** Scheme, host, port and path. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Fails with `action/not-a-url`. */
export function requireHttpUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new Failure(
    'action/not-a-url',
    `expected an http or https address, found ${URL.canParse(url) ? `one with \`${new URL(url).protocol}\`` : 'something else'}`,
    {
      state: 'nothing was changed by this step',
      fix: 'give `url` in the form `https://host/path`',
    },
  );
}

function redirection(response: Response, from: URL): URL | undefined {
  const location = response.headers.get('location');
  if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  return to.host === from.host && to.protocol === from.protocol ? to : undefined;
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}

/** `fetch failed` says nothing; its cause does. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown }).code;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection broke',
    ENOTFOUND: 'there is no host of that name',
    UND_ERR_HEADERS_TIMEOUT: 'no answer came for five minutes',
    UND_ERR_SOCKET: 'the connection broke',
  };
  if (typeof code === 'string') return words[code] ?? code;
  return cause instanceof Error ? cause.message : String(cause);
}

import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface PurchaseCall {
  readonly saleId: string;
  readonly token: string;
  readonly key?: string;
  /** @default none is sent, which means one ticket */
  readonly quantity?: number;
}

type Headers = Readonly<Record<string, string>>;

/**
 * A keep-alive HTTP client of at most `connections` sockets, for one front. After `timeoutMs`, unlimited by default, a
 * request is rejected and its connection is closed.
 */
export function createClient(port: number, connections: number, { timeoutMs }: { readonly timeoutMs?: number } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  const send = (method: string, path: string, headers: Headers, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          host: '127.0.0.1',
          port,
          method,
          path,
          ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
          headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    get: (path: string, token?: string) =>
      send('GET', path, token === undefined ? {} : { authorization: `Bearer ${token}` }),
    purchase: ({ saleId, token, key, quantity }: PurchaseCall) =>
      send(
        'POST',
        `/v1/sales/${saleId}/purchases`,
        {
          authorization: `Bearer ${token}`,
          ...(quantity === undefined ? { 'content-length': '0' } : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        quantity === undefined ? undefined : JSON.stringify({ quantity }),
      ),
    /** Sends JSON, or no body. */
    call: (method: 'POST' | 'PATCH' | 'DELETE', path: string, token: string, body?: object, headers: Headers = {}) =>
      send(
        method,
        path,
        {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? { 'content-length': '0' } : { 'content-type': 'application/json' }),
          ...headers,
        },
        body === undefined ? undefined : JSON.stringify(body),
      ),
    /** Sends a JSON body unchanged, without a token. */
    post: (path: string, body: string, headers: Headers) =>
      send('POST', path, { 'content-type': 'application/json', ...headers }, body),
    close: () => agent.destroy(),
  };
}

export type Client = ReturnType<typeof createClient>;

/** Runs `task` for 0 to count - 1, started in this order, `width` at a time. */
export async function inParallel<T>(count: number, width: number, task: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await task(n);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  return results;
}

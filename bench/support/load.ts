import { setFlagsFromString } from 'node:v8';
import type { Latency, Load, LoadResult, WireRequest } from './http-load.ts';
import { wrkLoad } from './wrk.ts';

export type { Latency, Load, LoadResult, WireRequest } from './http-load.ts';

/** The rate of a load in which nothing may be refused. Errors: Error with the number of refusals. */
export function acceptedPerSecond({ accepted, refused, seconds }: LoadResult): number {
  if (refused > 0) throw new Error(`${refused} of ${accepted + refused} requests were refused`);
  return accepted / seconds;
}

export const latencyOf = ({ p50Ms, p90Ms, p99Ms }: Latency): Latency => ({ p50Ms, p90Ms, p99Ms });

export const CLIENTS = ['autocannon', 'wrk'] as const;

export type ClientName = (typeof CLIENTS)[number];

export function load(client: ClientName, options: Load): Promise<LoadResult> {
  return client === 'wrk' ? wrkLoad(options) : autocannonLoad(options);
}

interface AutocannonResult {
  readonly latency: { readonly p50: number; readonly p90: number; readonly p99: number };
  readonly '2xx': number;
  readonly '4xx': number;
  readonly '5xx': number;
  readonly errors: number;
  readonly timeouts: number;
}

interface AutocannonClient {
  setRequests(requests: readonly WireRequest[]): void;
}

async function autocannonLoad({ port, connections, seconds, requests }: Load): Promise<LoadResult> {
  disablePretenuring();
  const { default: autocannon } = await import('autocannon');
  let clients = 0;
  let startedAt = performance.now();
  const running = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    // Each connection gets its own share: given all requests, each would build all of them, which takes minutes.
    setupClient: (client: AutocannonClient) => {
      const first = clients++ % connections;
      client.setRequests(requests.filter((_, n) => n % connections === first).map((request) => ({ ...request })));
    },
  });
  running.on('start', () => {
    startedAt = performance.now();
  });
  const result: AutocannonResult = await running;
  return {
    // autocannon runs up to a second longer than it was asked to [measured], and counts all answers until then. The duration
    // that it reports includes the creation of its clients, before the first one connects.
    seconds: (performance.now() - startedAt) / 1000,
    accepted: result['2xx'],
    refused: result['4xx'] + result['5xx'],
    broken: result.errors + result.timeouts,
    p50Ms: result.latency.p50,
    p90Ms: result.latency.p90,
    p99Ms: result.latency.p99,
  };
}

/**
 * In some runs V8 allocates autocannon's per-request objects directly in the old generation (pretenuring). Dead ones then
 * keep the young objects they refer to alive: a quarter of all allocations survives each collection, and a request costs
 * the client a quarter more [measured]. Whether that happens varies by run, and it affects longer answers more than an echo.
 */
function disablePretenuring(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptedPerSecond, load } from './load.ts';

const answeredAt: number[] = [];
const server = createServer((_, response) => {
  answeredAt.push(performance.now());
  response.end();
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a load by autocannon', () => {
  it('reports the time over which its answers arrived', async () => {
    const { port } = server.address() as AddressInfo;
    const requests = Array.from({ length: 8 }, () => ({ method: 'GET', path: '/', headers: {} }));
    // autocannon ends at a tick of its own, a whole second.
    const { accepted, seconds } = await load('autocannon', { port, connections: 8, seconds: 0.5, requests });
    const [first = 0] = answeredAt;
    // Later answers arrived as it ended and are not counted.
    const last = answeredAt[accepted - 1] ?? 0;
    expect(accepted).toBeGreaterThan(0);
    expect(seconds * 1000).toBeGreaterThanOrEqual(last - first);
  });
});

describe('acceptedPerSecond', () => {
  const result = { seconds: 2, accepted: 10, refused: 0, broken: 0, p50Ms: 1, p90Ms: 1, p99Ms: 1 };

  it('is the rate of a load without refusals', () => {
    expect(acceptedPerSecond(result)).toBe(5);
  });

  it('throws when a request was refused', () => {
    expect(() => acceptedPerSecond({ ...result, refused: 3 })).toThrow('3 of 13 requests were refused');
  });
});

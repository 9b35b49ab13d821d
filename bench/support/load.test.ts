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
  it('lasts, by its own account, for as long as its answers came', async () => {
    const { port } = server.address() as AddressInfo;
    const requests = Array.from({ length: 8 }, () => ({ method: 'GET', path: '/', headers: {} }));
    // It ends with a whole second of its own.
    const { accepted, seconds } = await load('autocannon', { port, connections: 8, seconds: 0.5, requests });
    const [first = 0] = answeredAt;
    // Those behind were answered as it ended, and don't count.
    const last = answeredAt[accepted - 1] ?? 0;
    expect(accepted).toBeGreaterThan(0);
    expect(seconds * 1000).toBeGreaterThanOrEqual(last - first);
  });
});

describe('acceptedPerSecond', () => {
  const result = { seconds: 2, accepted: 10, refused: 0, broken: 0, p50Ms: 1, p90Ms: 1, p99Ms: 1 };

  it('is the rate of a load in which nobody was refused', () => {
    expect(acceptedPerSecond(result)).toBe(5);
  });

  it('is none when somebody was', () => {
    expect(() => acceptedPerSecond({ ...result, refused: 3 })).toThrow('3 of 13 were refused');
  });
});

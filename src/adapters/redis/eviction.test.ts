import { describe, expect, it } from 'vitest';
import { assertKeepsKeys } from './eviction.ts';

const infoOf = (policy: string) => `# Memory\r\nused_memory:1\r\nmaxmemory_policy:${policy}\r\nallocator:jemalloc\r\n`;

describe('the memory policy of Redis', () => {
  it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])('%s may evict tickets, which is an error', (policy) => {
    expect(() => assertKeepsKeys(infoOf(policy))).toThrow(`maxmemory-policy ${policy}`);
  });

  it.each(['noeviction', 'volatile-lru', 'volatile-ttl'])('%s evicts no key of a sale', (policy) => {
    expect(() => assertKeepsKeys(infoOf(policy))).not.toThrow();
  });

  it('that a server does not report is no error', () => {
    expect(() => assertKeepsKeys('# Memory\r\n')).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { parseTrustedProxies } from './trusted-proxies.ts';

describe('parseTrustedProxies', () => {
  it('takes a number of proxies, or addresses and networks', () => {
    expect(parseTrustedProxies(['2'])).toEqual({ hops: 2 });
    expect(parseTrustedProxies(['10.1.2.3/8', '192.0.2.1', '::1', '2001:db8::/32', '::/0'])).toEqual({
      networks: [
        { address: '10.1.2.3', prefixLength: 8 },
        { address: '192.0.2.1', prefixLength: 32 },
        { address: '::1', prefixLength: 128 },
        { address: '2001:db8::', prefixLength: 32 },
        { address: '::', prefixLength: 0 },
      ],
    });
  });

  it.each([
    [['10.0.0.0/33']],
    [['::/129']],
    [['10.0.0']],
    [['010.0.0.1']],
    [['2', '3']],
    [['99']],
    [['-1']],
    [['10.0.0.0/8', 'x']],
    [[]],
  ])('refuses %j', (items) => expect(parseTrustedProxies(items)).toBeUndefined());
});

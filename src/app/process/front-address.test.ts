import { describe, expect, it } from 'vitest';
import { addressOf, urlOf } from './front-address.ts';

describe("a front's URL", () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['127.0.0.2', 'http://127.0.0.2:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::1', 'http://[::1]:3000'],
    ['::', 'http://[::1]:3000'],
    ['fd00::17', 'http://[fd00::17]:3000'],
    ['192.0.2.7', 'http://192.0.2.7:3000'],
    ['shop.invalid', 'http://shop.invalid:3000'],
  ])('of %s is %s', (address, url) => {
    expect(urlOf(address, 3000)).toBe(url);
  });
});

describe('the address to listen on', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('of %s is that', async (host) => {
    expect(await addressOf(host)).toBe(host);
  });

  it('of localhost is one address of this machine', async () => {
    expect(await addressOf('localhost')).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  it('of a name that can’t be resolved is the name', async () => {
    expect(await addressOf('no-such-host.invalid')).toBe('no-such-host.invalid');
  });
});

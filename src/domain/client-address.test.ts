import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOf, clientText, NO_PROXIES, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
import { ipText, parseIp } from './ip-address.ts';

const trusting = (...items: string[]) => parseTrustedProxies(items) as TrustedProxies;

/** What `clientOf` comes to, as text. */
const client = (address: string, forwardedFor: string, trusted: TrustedProxies): string | undefined => {
  const ip = clientOf({ address, forwardedFor }, trusted);
  return ip === undefined ? undefined : ipText(ip);
};

const PROXIES = trusting('10.0.0.0/8', '2001:db8:ffff::/48');
const proxy = fc.oneof(
  fc.integer({ min: 0, max: 0xffffff }).map((n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`),
  fc.integer({ min: 0, max: 0xffff }).map((n) => `2001:db8:ffff::${n.toString(16)}`),
);
const stranger = fc.oneof(
  fc.ipV4().filter((text) => !text.startsWith('10.')),
  fc.ipV6().filter((text) => !/^(2001:0?db8:ffff|.*:10\.)/i.test(text) && !/ffff/i.test(text)),
);
/** Whatever a client may send: garbage, addresses of strangers, addresses of our own proxies. */
const invented = fc.array(fc.oneof(fc.string(), proxy, stranger, fc.constant('unknown')), { maxLength: 5 });

const canonical = (text: string) => ipText(parseIp(text) as bigint);

describe('clientOf', () => {
  it('is the address of the connection, whatever the headers say, when no proxy is trusted', () => {
    fc.assert(
      fc.property(stranger, invented, (address, chain) => {
        expect(client(address, chain.join(', '), NO_PROXIES)).toBe(canonical(address));
      }),
    );
  });

  it('is not moved by what a client puts in front of the chain, with trusted networks', () => {
    fc.assert(
      fc.property(invented, stranger, fc.array(proxy, { minLength: 1, maxLength: 4 }), (spoofed, real, path) => {
        const [last, ...earlier] = path as [string, ...string[]];
        const chain = [...spoofed, real, ...earlier].join(', ');
        expect(client(last, chain, PROXIES)).toBe(canonical(real));
      }),
      { numRuns: 500 },
    );
  });

  it('is not moved by what a client puts in front of the chain, with a number of proxies', () => {
    fc.assert(
      fc.property(invented, stranger, fc.array(proxy, { minLength: 1, maxLength: 4 }), (spoofed, real, path) => {
        const [last, ...earlier] = path as [string, ...string[]];
        const chain = [...spoofed, real, ...earlier].join(',');
        expect(client(last, chain, trusting(String(path.length)))).toBe(canonical(real));
      }),
      { numRuns: 500 },
    );
  });

  it('does not believe a stranger who connects past the proxies', () => {
    expect(client('192.0.2.9', '203.0.113.1', PROXIES)).toBe('192.0.2.9');
  });

  it('ends with the last address known when the chain is too short, or garbage', () => {
    expect(client('10.0.0.1', '', trusting('2'))).toBe('10.0.0.1');
    expect(client('10.0.0.1', '192.0.2.7', trusting('3'))).toBe('192.0.2.7');
    expect(client('10.0.0.1', '192.0.2.7, unknown', PROXIES)).toBe('10.0.0.1');
    expect(client('10.0.0.1', '192.0.2.7,,10.0.0.2', PROXIES)).toBe('10.0.0.2');
    expect(client('10.0.0.1', '10.0.0.3, 10.0.0.2', PROXIES)).toBe('10.0.0.3');
  });

  it.each([
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:db8::7]', '2001:db8:0:0:0:0:0:7'],
    ['[2001:db8::7]:4711', '2001:db8:0:0:0:0:0:7'],
    [' ::ffff:192.0.2.7 ', '192.0.2.7'],
  ])('reads an entry %j as %s', (entry, expected) => {
    expect(client('::ffff:10.0.0.1', entry, PROXIES)).toBe(expected);
  });

  it('takes any headers and any address', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom(PROXIES, NO_PROXIES, trusting('3')),
        (address, header, trusted) => {
          expect(() => clientText(clientOf({ address, forwardedFor: header }, trusted))).not.toThrow();
        },
      ),
    );
    expect(clientOf({ address: '', forwardedFor: '192.0.2.7' }, PROXIES)).toBeUndefined();
  });
});

describe('clientText', () => {
  it('counts all of an IPv6 customer as one, and each IPv4 address', () => {
    expect(clientText(parseIp('2001:db8:1:2:aaaa::1'))).toBe(clientText(parseIp('2001:db8:1:2:bbbb::2')));
    expect(clientText(parseIp('2001:db8:1:3::1'))).toBe('2001:db8:1:3:0:0:0:0/64');
    expect(clientText(parseIp('192.0.2.7'))).toBe('192.0.2.7');
    expect(clientText(undefined)).toBe('unknown');
  });
});

describe('parseTrustedProxies', () => {
  it('takes a number of proxies, or networks', () => {
    expect(parseTrustedProxies(['2'])).toEqual({ hops: 2 });
    const lookup = (items: string[], address: string) => {
      const trusted = parseTrustedProxies(items);
      return trusted && client(address, '192.0.2.7', trusted) === '192.0.2.7';
    };
    expect(lookup(['10.1.2.3/8', '::1'], '10.9.9.9')).toBe(true);
    expect(lookup(['10.1.2.3/8', '::1'], '::1')).toBe(true);
    expect(lookup(['10.1.2.3/8', '::1'], '11.0.0.1')).toBe(false);
    expect(lookup(['172.16.0.0/12'], '::ffff:172.31.0.1')).toBe(true);
    expect(lookup(['172.16.0.0/12'], '172.32.0.1')).toBe(false);
    expect(lookup(['0.0.0.0/0'], '2001:db8::1')).toBe(false);
    expect(lookup(['::/0'], '2001:db8::1')).toBe(true);
  });

  it.each([
    [['10.0.0.0/33']],
    [['::/129']],
    [['10.0.0']],
    [['2', '3']],
    [['99']],
    [['-1']],
    [['10.0.0.0/8', 'x']],
    [[]],
  ])('refuses %j', (items) => expect(parseTrustedProxies(items)).toBeUndefined());
});

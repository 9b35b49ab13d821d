import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrustedProxies } from '../../ports/http.ts';
import { clientOf, createClientKeys, createTrust } from './client-address.ts';

const NO_PROXIES: TrustedProxies = { hops: 0 };
const PROXIES = networks(['10.0.0.0', 8], ['2001:db8:ffff::', 48]);

function networks(...pairs: readonly (readonly [address: string, prefixLength: number])[]): TrustedProxies {
  return { networks: pairs.map(([address, prefixLength]) => ({ address, prefixLength })) };
}

const client = (address: string, forwardedFor: string, trusted: TrustedProxies) =>
  clientOf({ address, forwardedFor }, createTrust(trusted));

const keyOf = (address: string) => createClientKeys(NO_PROXIES)({ address, forwardedFor: '' });

const proxy = fc.oneof(
  fc.integer({ min: 0, max: 0xffffff }).map((n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`),
  fc.integer({ min: 0, max: 0xffff }).map((n) => `2001:db8:ffff::${n.toString(16)}`),
);
const stranger = fc.oneof(
  fc.ipV4().filter((text) => !text.startsWith('10.')),
  fc.ipV6().filter((text) => !/^(2001:0?db8:ffff|.*:10\.)/i.test(text) && !/ffff/i.test(text)),
);
/** What a client may send: garbage, addresses of strangers, addresses of our own proxies. */
const forged = fc.array(fc.oneof(fc.string(), proxy, stranger, fc.constant('unknown')), { maxLength: 5 });

describe('clientOf', () => {
  it('is the address of the connection, whatever the headers say, when no proxy is trusted', () => {
    fc.assert(
      fc.property(stranger, forged, (address, chain) => {
        expect(client(address, chain.join(', '), NO_PROXIES)).toBe(address);
      }),
    );
  });

  it('is not changed by what a client puts in front of the chain, with trusted networks', () => {
    fc.assert(
      fc.property(forged, stranger, fc.array(proxy, { minLength: 1, maxLength: 4 }), (spoofed, real, path) => {
        const [last, ...earlier] = path as [string, ...string[]];
        const chain = [...spoofed, real, ...earlier].join(', ');
        expect(client(last, chain, PROXIES)).toBe(real);
      }),
      { numRuns: 500 },
    );
  });

  it('is not changed by what a client puts in front of the chain, with a number of proxies', () => {
    fc.assert(
      fc.property(forged, stranger, fc.array(proxy, { minLength: 1, maxLength: 4 }), (spoofed, real, path) => {
        const [last, ...earlier] = path as [string, ...string[]];
        const chain = [...spoofed, real, ...earlier].join(',');
        expect(client(last, chain, { hops: path.length })).toBe(real);
      }),
      { numRuns: 500 },
    );
  });

  it('ignores the header of a stranger who connects past the proxies', () => {
    expect(client('192.0.2.9', '203.0.113.1', PROXIES)).toBe('192.0.2.9');
  });

  it('is the last address read when the chain is too short, or has an entry that is not an address', () => {
    expect(client('10.0.0.1', '', { hops: 2 })).toBe('10.0.0.1');
    expect(client('10.0.0.1', '192.0.2.7', { hops: 3 })).toBe('192.0.2.7');
    expect(client('10.0.0.1', '192.0.2.7, unknown', PROXIES)).toBe('10.0.0.1');
    expect(client('10.0.0.1', '192.0.2.7,,10.0.0.2', PROXIES)).toBe('10.0.0.2');
    expect(client('10.0.0.1', '10.0.0.3, 10.0.0.2', PROXIES)).toBe('10.0.0.3');
  });

  it.each([
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    [' ::ffff:192.0.2.7 ', '::ffff:192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('reads an entry %j as %s', (entry, expected) => {
    expect(client('::ffff:10.0.0.1', entry, PROXIES)).toBe(expected);
  });

  it.each([
    '192.0.2.07',
    '192.0.2.007',
    '192.000.002.007',
    '0300.0.2.7',
    '0300.0.02.07',
    '0xc0.0.2.7',
    '0xC0.0x0.0x2.0x7',
    '192.0.519',
    '3221225991',
    '0xc0000207',
    '::ffff:0300.0.2.7',
    '::FFFF:192.0.2.007',
    '[::ffff:192.0.2.07]:4711',
    '0300.0.2.7:4711',
  ])('reads an entry that spells 192.0.2.7 as %j, but never as a proxy', (entry) => {
    expect(client('10.0.0.1', `198.51.100.1, ${entry}`, PROXIES)).toBe('192.0.2.7');
    expect(client('10.0.0.1', `198.51.100.1, ${entry}`, networks(['192.0.2.0', 24], ['10.0.0.0', 8]))).toBe(
      '192.0.2.7',
    );
    expect(client(entry, '198.51.100.1', PROXIES)).toBeUndefined();
  });

  it('reads a padded part that can’t be octal as decimal', () => {
    expect(client('10.0.0.1', '198.018.0.09', PROXIES)).toBe('198.18.0.9');
  });

  it.each([
    '',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '010.1.1.1',
    '0x7f.1.1.1',
    ':::',
    '1::2::3',
    '1:2',
    '12345::',
  ])('does not take %j for an address', (text) => {
    expect(client('10.0.0.1', `${text},`, PROXIES)).toBe('10.0.0.1');
    expect(client(text, '192.0.2.7', PROXIES)).toBeUndefined();
  });
});

describe('createTrust', () => {
  const trusts = (trusted: TrustedProxies, address: string) => createTrust(trusted)(address, 0);

  it('matches networks of both versions, an IPv4 address in either spelling', () => {
    const few = networks(['10.1.2.3', 8], ['::1', 128]);
    expect(trusts(few, '10.9.9.9')).toBe(true);
    expect(trusts(few, '::1')).toBe(true);
    expect(trusts(few, '11.0.0.1')).toBe(false);
    expect(trusts(networks(['172.16.0.0', 12]), '::ffff:172.31.0.1')).toBe(true);
    expect(trusts(networks(['172.16.0.0', 12]), '172.32.0.1')).toBe(false);
    expect(trusts(networks(['::ffff:10.0.0.0', 104]), '10.9.9.9')).toBe(true);
    expect(trusts(networks(['0.0.0.0', 0]), '2001:db8::1')).toBe(false);
    expect(trusts(networks(['::', 0]), '2001:db8::1')).toBe(true);
  });

  it('answers the same when it is asked again', () => {
    const trust = createTrust(PROXIES);
    for (let n = 0; n < 2; n += 1) {
      expect([trust('10.0.0.1', 0), trust('192.0.2.1', 0), trust('2001:db8:ffff::2', 0)]).toEqual([true, false, true]);
    }
  });
});

describe('createClientKeys', () => {
  it('counts all of an IPv6 customer as one, and each IPv4 address', () => {
    expect(keyOf('2001:db8:1:2:aaaa::1')).toEqual(keyOf('2001:db8:1:2:bbbb::2'));
    expect(keyOf('2001:DB8:1:3ff::1')).toEqual([
      '2001:db8:1:3ff:0:0:0:0/64',
      '2001:db8:1:300:0:0:0:0/56',
      '2001:db8:1:0:0:0:0:0/48',
    ]);
    expect(keyOf('192.0.2.7')).toBe('192.0.2.7');
    expect(keyOf('fe80::1%eth0')[0]).toBe('fe80:0:0:0:0:0:0:0/64');
    expect(keyOf('64:ff9b::192.0.2.33')[0]).toBe('64:ff9b:0:0:0:0:0:0/64');
    expect(keyOf('')).toBe('unknown');
  });

  it('gives an IPv4 address one key in every spelling', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const groups = new URL(`http://[::ffff:${text}]`).hostname.slice('[::ffff:'.length, -1);
        const padded = groups
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(':');
        const spellings = [`::ffff:${text}`, `::FFFF:${groups}`, `0000:0000:0000:0000:0000:ffff:${padded}`];
        expect(spellings.map(keyOf)).toEqual(Array(3).fill(text));
      }),
    );
  });

  it('gives every IPv6 address that Node accepts the key of its canonical spelling', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(keyOf(text)).toEqual(keyOf(new URL(`http://[${text}]`).hostname.slice(1, -1)));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes any headers and any address', () => {
    const address = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,24}$/));
    fc.assert(
      fc.property(
        address,
        fc.oneof(fc.string(), address),
        fc.constantFrom(PROXIES, NO_PROXIES, { hops: 3 }),
        (from, forwardedFor, trusted) => {
          expect(() => createClientKeys(trusted)({ address: from, forwardedFor })).not.toThrow();
        },
      ),
      { numRuns: 2000 },
    );
    expect(createClientKeys(PROXIES)({ address: '', forwardedFor: '192.0.2.7' })).toBe('unknown');
  });
});

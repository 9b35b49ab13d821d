import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipText, isIpv4, parseIp } from './ip-address.ts';

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0000:0000:0000:0000:0000:ffff:7f00:0001', '127.0.0.1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['2001:db8::8:800:200C:417A', '2001:db8:0:0:8:800:200c:417a'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0:0:0:c000:221'],
  ])('reads %s as %s', (text, canonical) => {
    const ip = parseIp(text);
    expect(ip === undefined ? undefined : ipText(ip)).toBe(canonical);
  });

  it('takes the same IPv4 and IPv6 addresses as Node', () => {
    const almost = fc.stringMatching(/^[0-9a-f:.]{0,24}$/);
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almost), (text) => {
        expect(parseIp(text) !== undefined).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text) as bigint;
        expect(parseIp(ipText(ip))).toBe(ip);
      }),
    );
  });

  it('makes IPv4 and its mapped spelling one address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const ip = parseIp(text) as bigint;
        expect(parseIp(`::ffff:${text}`)).toBe(ip);
        expect([isIpv4(ip), ipText(ip)]).toEqual([true, text]);
      }),
    );
  });

  it.each([
    '',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '010.1.1.1',
    ' 1.2.3.4',
    ':::',
    '1::2::3',
    '1:2',
    '12345::',
  ])('takes %j for no address', (text) => expect(parseIp(text)).toBeUndefined());
});

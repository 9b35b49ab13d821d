import { describe, expect, it } from 'vitest';
import { addressesOf, atAddress, nodeUrls } from './node-urls.ts';

describe('nodeUrls', () => {
  it.each([
    ['redis://one', ['redis://one']],
    ['redis://a:1,redis://b:2', ['redis://a:1', 'redis://b:2']],
    ['redis://a:1,b:2,c:3', ['redis://a:1', 'redis://b:2', 'redis://c:3']],
    ['rediss://u:p%2Cq@a:1,b:2', ['rediss://u:p%2Cq@a:1', 'rediss://u:p%2Cq@b:2']],
    ['redis://[::1]:1,[::2]:2', ['redis://[::1]:1', 'redis://[::2]:2']],
    ['redis://a,b', ['redis://a', 'redis://b']],
  ])('reads %s', (setting, urls) => {
    expect(nodeUrls(setting)).toEqual(urls);
  });

  it.each(['', 'redis://', 'redis://a:1,'])('rejects %j', (setting) => {
    expect(() => nodeUrls(setting)).toThrow(TypeError);
  });
});

it('moves a URL to the address that a node reported', () => {
  expect(atAddress('rediss://u:p@a:1', '10.0.0.1:7000')).toBe('rediss://u:p@10.0.0.1:7000');
  expect(atAddress('redis://a:1', '2001:db8::1:7000')).toBe('redis://[2001:db8::1]:7000');
});

it('lists addresses without passwords', () => {
  expect(addressesOf('redis://u:secret@a:1,b:2')).toBe('a:1,b:2');
});

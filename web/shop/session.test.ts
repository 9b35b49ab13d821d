import { describe, expect, it } from 'vitest';
import { createSession, isSameOrigin, tokenOfFragment } from './session.ts';

describe('the session', () => {
  it('keeps the token and the key of each sale’s attempt until they are removed', () => {
    const kept = new Map<string, string>();
    const session = createSession({
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    });
    expect([session.token(), session.attempt('s1')]).toEqual([undefined, undefined]);
    session.keepToken('t');
    const [first, second] = [
      { key: 'k1', quantity: 1 },
      { key: 'k2', quantity: 12 },
    ];
    session.keepAttempt('s1', first);
    session.keepAttempt('s2', second);
    expect([session.token(), session.attempt('s1'), session.attempt('s2')]).toEqual(['t', first, second]);
    session.keepToken(undefined);
    session.keepAttempt('s1', undefined);
    expect([session.token(), session.attempt('s1'), session.attempt('s2')]).toEqual([undefined, undefined, second]);
    session.keepAttempt('s2', undefined);
    expect(kept.size).toBe(0);
  });

  it.each([
    ['https://shop.example/', true],
    ['https://shop.example/docs?x=1', true],
    ['', false],
    ['https://shop.example.evil/', false],
    ['http://shop.example/', false],
    ['https://shop.example:8443/', false],
    ['https://shop.example@evil.example/', false],
    ['about:blank', false],
    ['nonsense', false],
  ])('trusts a link from %j: %s', (referrer, trusted) =>
    expect(isSameOrigin(referrer, 'https://shop.example')).toBe(trusted),
  );

  it('reads a token from the address', () => {
    expect(tokenOfFragment('#token=a.b-_.c')).toBe('a.b-_.c');
    expect(tokenOfFragment('')).toBeUndefined();
    expect(tokenOfFragment('#sale-1')).toBeUndefined();
  });
});

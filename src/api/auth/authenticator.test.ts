import { createSigner } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from './authenticator.ts';
import { issueToken } from './issue-token.ts';

const secret = 'a secret for tests only';
const nowMs = 1_700_000_000_000;
const sign = createSigner({ key: secret, algorithm: 'HS256', noTimestamp: true });

function bearer(claims: Record<string, unknown>): string {
  return `Bearer ${sign({ sub: 'u1', exp: nowMs / 1000 + 60, ...claims })}`;
}

function authenticatorAt(clock: { now: number }, cacheSize = 10) {
  return createAuthenticator({ secret, cacheSize, now: () => clock.now });
}

describe('createAuthenticator', () => {
  it('accepts a token made by issueToken', () => {
    const token = issueToken({ secret, userId: 'u1', role: 'admin', ttlSeconds: 60 });
    const { authenticate } = createAuthenticator({ secret, cacheSize: 10 });
    expect(authenticate(`Bearer ${token}`)).toEqual({ userId: 'u1', role: 'admin' });
    expect(authenticate(`bearer  ${token}`)).toEqual({ userId: 'u1', role: 'admin' });
  });

  it('accepts tokens of two secrets while one replaces the other, and of no third', () => {
    const signedBy = (key: string) =>
      `Bearer ${issueToken({ secret: key, userId: 'u1', role: 'buyer', ttlSeconds: 60 })}`;
    const both = createAuthenticator({ secret: 'the new one', previousSecret: 'the old one', cacheSize: 10 });
    const after = createAuthenticator({ secret: 'the new one', cacheSize: 10 });
    for (const key of ['the new one', 'the old one']) {
      for (const cached of [false, true]) {
        expect(both.authenticate(signedBy(key)), String(cached)).toEqual({ userId: 'u1', role: 'buyer' });
      }
    }
    expect(both.authenticate(signedBy('a third one'))).toBe('invalid');
    expect(after.authenticate(signedBy('the old one'))).toBe('invalid');
  });

  it("treats a token without a role as a buyer's", () => {
    expect(authenticatorAt({ now: nowMs }).authenticate(bearer({}))).toEqual({ userId: 'u1', role: 'buyer' });
  });

  it('refuses a token from its expiry on, even a cached one', () => {
    const clock = { now: nowMs };
    const { authenticate } = authenticatorAt(clock);
    const token = bearer({});
    expect(authenticate(token)).toMatchObject({ userId: 'u1' });
    clock.now = nowMs + 59_999;
    expect(authenticate(token)).toMatchObject({ userId: 'u1' });
    clock.now = nowMs + 60_000;
    expect(authenticate(token)).toBe('expired');
    expect(authenticatorAt(clock).authenticate(token)).toBe('expired');
  });

  it('accepts a token from its nbf on', () => {
    const clock = { now: nowMs };
    const { authenticate } = authenticatorAt(clock);
    const token = bearer({ nbf: nowMs / 1000 + 10 });
    expect(authenticate(token)).toBe('not_yet_valid');
    clock.now = nowMs + 10_000;
    expect(authenticate(token)).toMatchObject({ userId: 'u1' });
  });

  it('refuses tokens that were issued before the time from which its user’s are accepted, even cached ones', () => {
    const times = new Map<string, number>();
    const { authenticate } = createAuthenticator({
      secret,
      cacheSize: 10,
      now: () => nowMs,
      acceptedSince: (userId) => times.get(userId),
    });
    const second = nowMs / 1000;
    const signDated = createSigner({ key: secret, algorithm: 'HS256' });
    const issuedAt = (iat: number, sub = 'u1') => `Bearer ${signDated({ sub, iat, exp: second + 60 })}`;
    const [before, after, undated] = [issuedAt(second - 1), issuedAt(second), bearer({})];
    const other = issuedAt(second - 1, 'u2');
    for (const token of [before, after, undated]) expect(authenticate(token)).toMatchObject({ userId: 'u1' });
    times.set('u1', nowMs - 1);
    for (const token of [before, before, undated]) expect(authenticate(token)).toBe('revoked');
    expect(authenticate(issuedAt(second - 2))).toBe('revoked');
    expect(authenticate(after)).toMatchObject({ userId: 'u1' });
    times.set('u1', nowMs);
    expect(authenticate(after)).toMatchObject({ userId: 'u1' });
    times.set('u1', nowMs + 1);
    expect(authenticate(after)).toBe('revoked');
    expect(authenticate(other)).toMatchObject({ userId: 'u2' });
  });

  it('does not accept the signature of a cached token on another token', () => {
    const { authenticate } = authenticatorAt({ now: nowMs });
    const known = bearer({});
    authenticate(known);
    const [head = '', , signature = ''] = known.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'u2', exp: nowMs })).toString('base64url');
    expect(authenticate(`${head}.${claims}.${signature}`)).toBe('invalid');
    expect(authenticate(known)).toMatchObject({ userId: 'u1' });
  });

  it.each([
    ['an empty sub', { sub: '' }],
    ['a sub with a space', { sub: 'u 1' }],
    ['a sub with a line break', { sub: 'u\n1' }],
    ['a sub that is too long', { sub: 'u'.repeat(129) }],
    ['a sub that is a number', { sub: 1 }],
    ['no sub', { sub: undefined }],
    ['no exp', { exp: undefined }],
    ['an exp that is text', { exp: '9999999999' }],
    ['an nbf that is text', { nbf: '1' }],
    ['an iat that is text', { iat: '1' }],
    ['an unknown role', { role: 'root' }],
    ['no role but null', { role: null }],
  ])('refuses a token with %s', (_name, claims) => {
    const payload = Buffer.from(JSON.stringify({ sub: 'u1', exp: nowMs / 1000 + 60, ...claims }));
    const { authenticate } = authenticatorAt({ now: nowMs });
    expect(authenticate(`Bearer ${sign(payload)}`)).toBe('invalid');
  });

  it('distinguishes a missing header from an invalid one', () => {
    const { authenticate } = authenticatorAt({ now: nowMs });
    expect(authenticate('')).toBe('missing');
    for (const header of [
      'Bearer',
      'Bearer ',
      'Bearer a.b',
      'Basic dTE6eA==',
      sign({ sub: 'u1' }),
      `${bearer({})} x`,
    ]) {
      expect(authenticate(header)).toBe('invalid');
    }
    expect(authenticate(bearer({ pad: 'x'.repeat(5000) }))).toBe('invalid');
  });
});

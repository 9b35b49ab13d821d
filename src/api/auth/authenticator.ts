import { createVerifier } from 'fast-jwt';
import { RecentMap } from '../http/recent-map.ts';

export type Role = 'buyer' | 'admin';

export interface Principal {
  readonly userId: string;
  readonly role: Role;
}

/** Why there is no principal; a string, so that a type check distinguishes it from one without an allocation. */
export type AuthFailure = 'missing' | 'invalid' | 'expired' | 'not_yet_valid' | 'revoked';

export interface Authenticator {
  /** Verifies an Authorization header as sent; under a microsecond for a token that it has cached. */
  authenticate(authorization: string): Principal | AuthFailure;
}

export interface AuthenticatorOptions {
  /** The HS256 secret, not empty. */
  readonly secret: string;
  /** A second secret whose tokens are accepted too, while a new one replaces it. */
  readonly previousSecret?: string | undefined;
  /**
   * Since when a user's tokens are accepted, milliseconds since 1970; undefined for no limit. Asked for each request, since it
   * may change at any time. @default no limit
   */
  readonly acceptedSince?: ((userId: string) => number | undefined) | undefined;
  /** The most verified tokens to keep in memory. */
  readonly cacheSize: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Verified {
  /** The header that carried it. */
  readonly authorization: string;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly expiresAt: number;
}

// Bounds the memory of the cache; real tokens are far shorter.
const MAX_HEADER_LENGTH = 4096;
// 32 bytes in base64url.
const SIGNATURE_LENGTH = 43;
const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
// No spaces: some databases ignore trailing ones when they compare strings, which would merge two buyers.
const USER_ID = /^[\x21-\x7e]{1,128}$/;

/** Whether a token's `sub` is accepted. */
export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

/**
 * Verifies bearer tokens: HS256 only, with the claims `sub` (1 to 128 printable ASCII characters, no space), `exp`
 * (required), `nbf` and `iat` (optional) and `role` (buyer by default, or admin).
 *
 * fast-jwt's own cache hashes each token to look it up; this one uses a part of the header as its key. Times are checked
 * here and not by fast-jwt, so that cached and new tokens expire by the same rule.
 */
export function createAuthenticator({
  secret,
  previousSecret,
  acceptedSince = () => undefined,
  cacheSize,
  now = Date.now,
}: AuthenticatorOptions): Authenticator {
  const verifiers = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(verifierOf);
  const verified = new RecentMap<string, Verified>(cacheSize);

  /** The claims of a token that one of the secrets has signed. */
  function claimsOf(token: string): unknown {
    for (const verify of verifiers) {
      try {
        return verify(token);
      } catch {
        // Signed with the other secret, or with neither.
      }
    }
    return undefined;
  }

  function verifyHeader(authorization: string): Verified | undefined {
    const token = authorization.length > MAX_HEADER_LENGTH ? undefined : BEARER.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    const entry = verifiedOf(claimsOf(token), authorization);
    if (entry !== undefined) verified.set(signatureOf(authorization), entry);
    return entry;
  }

  function cached(authorization: string): Verified | undefined {
    const entry = verified.get(signatureOf(authorization));
    // The signature is only the key; the whole header must match, or a forged token could reuse a known signature.
    return entry?.authorization === authorization ? entry : undefined;
  }

  return {
    authenticate(authorization) {
      if (authorization === '') return 'missing';
      const entry = cached(authorization) ?? verifyHeader(authorization);
      if (entry === undefined) return 'invalid';
      const nowMs = now();
      if (nowMs >= entry.expiresAt) return 'expired';
      if (nowMs < entry.notBefore) return 'not_yet_valid';
      const since = acceptedSince(entry.principal.userId);
      return since !== undefined && entry.issuedAt < since ? 'revoked' : entry.principal;
    },
  };
}

function verifierOf(key: string): (token: string) => unknown {
  const options = { key, algorithms: ['HS256' as const], cache: false, ignoreExpiration: true, ignoreNotBefore: true };
  return createVerifier(options);
}

/**
 * The end of the header: cheaper to hash than all of it, and equally distinct. The time of a miss reveals nothing about
 * cached signatures, because a map compares strings only when their hashes are equal; fast-jwt compares signatures in
 * constant time.
 */
function signatureOf(authorization: string): string {
  return authorization.slice(-SIGNATURE_LENGTH);
}

function verifiedOf(claims: unknown, authorization: string): Verified | undefined {
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { sub, role = 'buyer', exp, nbf = 0, iat = 0 } = claims as Readonly<Record<string, unknown>>;
  if (typeof sub !== 'string' || !isUserId(sub)) return undefined;
  if (role !== 'buyer' && role !== 'admin') return undefined;
  if (typeof exp !== 'number' || typeof nbf !== 'number' || typeof iat !== 'number') return undefined;
  return {
    authorization,
    principal: { userId: sub, role },
    issuedAt: iat * 1000,
    notBefore: nbf * 1000,
    expiresAt: exp * 1000,
  };
}

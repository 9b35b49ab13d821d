import { createVerifier } from 'fast-jwt';
import { RecentMap } from '../http/recent-map.ts';

export type Role = 'buyer' | 'admin';

export interface Principal {
  readonly userId: string;
  readonly role: Role;
}

/** Why there is no principal; a string, so that telling the two apart costs nothing. */
export type AuthFailure = 'missing' | 'invalid' | 'expired' | 'not_yet_valid';

export interface Authenticator {
  /** Judges an Authorization header, as sent. Takes under a microsecond for a token seen a short while ago. */
  authenticate(authorization: string): Principal | AuthFailure;
}

export interface AuthenticatorOptions {
  /** The HS256 secret, not empty. */
  readonly secret: string;
  /** Verified tokens kept in memory at the most. */
  readonly cacheSize: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Verified {
  /** The header that it was found in. */
  readonly authorization: string;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly expiresAt: number;
}

// Longer ones could fill the cache's memory, and no token of ours comes near.
const MAX_HEADER_LENGTH = 4096;
// 32 bytes in base64url.
const SIGNATURE_LENGTH = 43;
const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
// No spaces: databases compare strings without those at their end, and two buyers would become one.
const USER_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * Verifies bearer tokens: HS256 and nothing else, claims `sub` (1 to 128 printable ASCII characters, no space), `exp`
 * (needed), `nbf` (heeded), `role` (buyer, unless it says admin).
 *
 * fast-jwt has a cache, but hashes each token to find it there; ours goes by what is in the header itself. Times are checked here
 * and not there, so that a cached token and a fresh one expire by the same rule.
 */
export function createAuthenticator({ secret, cacheSize, now = Date.now }: AuthenticatorOptions): Authenticator {
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    cache: false,
    ignoreExpiration: true,
    ignoreNotBefore: true,
  });
  const verified = new RecentMap<string, Verified>(cacheSize);

  function admit(authorization: string): Verified | undefined {
    const token = authorization.length > MAX_HEADER_LENGTH ? undefined : BEARER.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    let claims: unknown;
    try {
      claims = verify(token);
    } catch {
      return undefined;
    }
    const entry = verifiedOf(claims, authorization);
    if (entry !== undefined) verified.set(signatureOf(authorization), entry);
    return entry;
  }

  function remembered(authorization: string): Verified | undefined {
    const entry = verified.get(signatureOf(authorization));
    // The signature finds the entry, the whole header proves it: else any token could borrow a signature.
    return entry?.authorization === authorization ? entry : undefined;
  }

  return {
    authenticate(authorization) {
      if (authorization === '') return 'missing';
      const entry = remembered(authorization) ?? admit(authorization);
      if (entry === undefined) return 'invalid';
      const nowMs = now();
      if (nowMs >= entry.expiresAt) return 'expired';
      return nowMs < entry.notBefore ? 'not_yet_valid' : entry.principal;
    },
  };
}

/**
 * The end of the header: cheaper to hash than all of it, and just as different from token to token. How long it takes to
 * miss tells nothing of what is there: a map compares strings only when the hashes of all their characters are the same.
 * fast-jwt compares signatures in constant time.
 */
function signatureOf(authorization: string): string {
  return authorization.slice(-SIGNATURE_LENGTH);
}

function verifiedOf(claims: unknown, authorization: string): Verified | undefined {
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { sub, role = 'buyer', exp, nbf = 0 } = claims as Readonly<Record<string, unknown>>;
  if (typeof sub !== 'string' || !USER_ID.test(sub)) return undefined;
  if (role !== 'buyer' && role !== 'admin') return undefined;
  if (typeof exp !== 'number' || typeof nbf !== 'number') return undefined;
  return { authorization, principal: { userId: sub, role }, notBefore: nbf * 1000, expiresAt: exp * 1000 };
}

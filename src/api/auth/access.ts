import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import { constantProblem, type Rendered, sendRendered } from '../http/problem.ts';
import type { Authenticator, AuthFailure, Principal } from './authenticator.ts';

// RFC 6750, section 3: the challenge to a request without a token names the scheme only.
const CHALLENGE = [['www-authenticate', 'Bearer']] as const;
const CHALLENGE_INVALID = [['www-authenticate', 'Bearer error="invalid_token"']] as const;

const REFUSALS = {
  missing: constantProblem('unauthenticated', {
    detail: 'Send a bearer token in the Authorization header.',
    headers: CHALLENGE,
  }),
  invalid: constantProblem('unauthenticated', { detail: 'The token is not valid.', headers: CHALLENGE_INVALID }),
  expired: constantProblem('unauthenticated', { detail: 'The token has expired.', headers: CHALLENGE_INVALID }),
  revoked: constantProblem('unauthenticated', {
    detail: 'The token was revoked: sign in again.',
    headers: CHALLENGE_INVALID,
  }),
  not_yet_valid: constantProblem('unauthenticated', {
    detail: 'The token is not valid yet.',
    headers: CHALLENGE_INVALID,
  }),
} as const satisfies Record<AuthFailure, unknown>;

/** The authenticated user; undefined when the request was answered 401. */
export function requirePrincipal(auth: Authenticator, request: HttpRequest, reply: HttpReply): Principal | undefined {
  const principal = auth.authenticate(request.authorization);
  if (typeof principal !== 'string') return principal;
  sendRendered(reply, refusalOfToken(principal, request.requestId));
  return undefined;
}

/** The answer to a token that is missing or not accepted. */
export function refusalOfToken(failure: AuthFailure, requestId: string): Rendered {
  return REFUSALS[failure](requestId);
}

/** For operations without required authentication: an invalid or expired token counts as none. */
export function isAdmin(auth: Authenticator, request: HttpRequest): boolean {
  if (request.authorization === '') return false;
  const principal = auth.authenticate(request.authorization);
  return typeof principal !== 'string' && principal.role === 'admin';
}

import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import { constantProblem, sendRendered } from '../http/problem.ts';
import { type OnFault, reading } from '../http/reading.ts';
import { requirePrincipal } from './access.ts';
import type { Authenticator, Principal } from './authenticator.ts';

const FORBIDDEN = constantProblem('forbidden', { detail: 'This needs a token with the role admin.' });

type Handle = (request: HttpRequest, reply: HttpReply) => Promise<void>;
type HandleForAdmin = (request: HttpRequest, reply: HttpReply, admin: Principal) => Promise<void>;

/** Handlers for admins: 401 without a good token, 403 for a buyer's, and 503 for a dependency that is away. */
export function forAdmins(auth: Authenticator, onFault: OnFault): (handle: HandleForAdmin) => Handle {
  return (handle) =>
    reading(onFault, async (request, reply) => {
      const principal = requirePrincipal(auth, request, reply);
      if (principal === undefined) return;
      if (principal.role !== 'admin') return sendRendered(reply, FORBIDDEN(request.requestId));
      await handle(request, reply, principal);
    });
}

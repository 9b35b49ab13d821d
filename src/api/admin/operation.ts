import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import { requirePrincipal } from '../auth/access.ts';
import type { Authenticator, Principal } from '../auth/authenticator.ts';
import { handleFaults, type OnFault } from '../http/handle-faults.ts';
import type { OperationDoc } from '../http/operation.ts';
import { constantProblem, sendRendered } from '../http/problem.ts';

type AdminDoc = Omit<OperationDoc, 'tag' | 'auth' | 'problems'> & Partial<Pick<OperationDoc, 'problems'>>;

/** Describes an operation for admins: a token of any other role is answered 403. */
export function adminDoc({ problems = [], ...doc }: AdminDoc): OperationDoc {
  return { tag: 'admin', auth: 'required', problems: ['forbidden', ...problems], ...doc };
}

const FORBIDDEN = constantProblem('forbidden', { detail: 'This requires a token with the role admin.' });

export interface AdminDeps {
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

type HandleForAdmin = (request: HttpRequest, reply: HttpReply, admin: Principal) => Promise<void>;

/**
 * A handler for admins: 401 without a valid token, 403 for a buyer's, 503 when a dependency is unavailable. The role is
 * checked before anything else in the request.
 */
export function handleForAdmin({ auth, onFault }: AdminDeps, handle: HandleForAdmin) {
  return handleFaults(onFault, async (request, reply) => {
    const principal = requirePrincipal(auth, request, reply);
    if (principal === undefined) return;
    if (principal.role !== 'admin') return sendRendered(reply, FORBIDDEN(request.requestId));
    await handle(request, reply, principal);
  });
}

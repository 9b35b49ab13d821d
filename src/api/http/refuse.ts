import type { HttpFrontOptions } from '../../ports/http.ts';
import { constantProblem, sendProblem, sendRendered } from './problem.ts';

/** Written in advance: an overloaded front sends many of them. */
const OVERLOADED = constantProblem('overloaded');

/** Written in advance: a client that is refused tries again. */
const TOO_MANY_SOCKETS = {
  process: constantProblem('overloaded', {
    detail: 'Too many live sockets are open on this server; nothing was bought. The API works without one.',
  }),
  address: constantProblem('rate_limited', {
    detail: 'Too many live sockets are open from your address. The API works without one.',
  }),
} as const;

/** Writes the problem for a request that the front refused before it reached a handler. */
export const refuse: HttpFrontOptions['refuse'] = (refusal, requestId, reply) => {
  switch (refusal.code) {
    case 'malformed':
      return sendProblem(reply, 'malformed', requestId, { detail: refusal.detail });
    case 'method_not_allowed':
      return sendProblem(reply, 'method_not_allowed', requestId, { headers: [['allow', refusal.allow.join(', ')]] });
    case 'overloaded':
      return sendRendered(reply, OVERLOADED(requestId));
    case 'too_many_sockets':
      return sendRendered(reply, TOO_MANY_SOCKETS[refusal.by](requestId));
    default:
      return sendProblem(reply, refusal.code, requestId);
  }
};

import type { HttpFrontOptions } from '../../ports/http.ts';
import { constantProblem, sendProblem, sendRendered } from './problem.ts';

/** Written in advance: an overloaded front sends many of them. */
const OVERLOADED = constantProblem('overloaded');

/** Writes the problem for a request that the front refused before it reached a handler. */
export const refuse: HttpFrontOptions['refuse'] = (refusal, requestId, reply) => {
  switch (refusal.code) {
    case 'malformed':
      return sendProblem(reply, 'malformed', requestId, { detail: refusal.detail });
    case 'method_not_allowed':
      return sendProblem(reply, 'method_not_allowed', requestId, { headers: [['allow', refusal.allow.join(', ')]] });
    case 'overloaded':
      return sendRendered(reply, OVERLOADED(requestId));
    default:
      return sendProblem(reply, refusal.code, requestId);
  }
};

import type { HttpFrontOptions } from '../../ports/http.ts';
import { constantProblem, sendProblem, sendRendered } from './problem.ts';

/** Said more often than anything else when it is said at all. */
const OVERLOADED = constantProblem('overloaded');

/** Writes the problem for what the front refused before any handler saw it. */
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

import type { HttpFrontOptions } from '../ports/http.ts';
import { sendProblem } from './problem.ts';

/** Writes the problem for what the front refused before any handler saw it. */
export const refuse: HttpFrontOptions['refuse'] = (refusal, requestId, reply) => {
  switch (refusal.code) {
    case 'malformed':
      return sendProblem(reply, 'malformed', requestId, { detail: refusal.detail });
    case 'method_not_allowed':
      return sendProblem(reply, 'method_not_allowed', requestId, { headers: [['allow', refusal.allow.join(', ')]] });
    default:
      return sendProblem(reply, refusal.code, requestId);
  }
};

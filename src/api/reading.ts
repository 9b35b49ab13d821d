import { isFault } from '../domain/errors.ts';
import type { HttpReply, HttpRequest } from '../ports/http.ts';
import { sendProblem } from './problem.ts';

type Handle = (request: HttpRequest, reply: HttpReply) => Promise<void>;

/**
 * For handlers that ask a dependency: one that is away, slow or being rebuilt is a 503 that invites a retry, anything
 * else that is thrown stays an internal error.
 */
export function reading(handle: Handle): Handle {
  return async (request, reply) => {
    try {
      await handle(request, reply);
    } catch (error) {
      if (isFault(error, 'fenced')) return sendProblem(reply, 'recovering', request.requestId);
      if (isFault(error) && error.retryable) return sendProblem(reply, 'unavailable', request.requestId);
      throw error;
    }
  };
}

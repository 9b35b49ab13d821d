import { type Fault, isFault } from '../../domain/errors.ts';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import { sendProblem } from './problem.ts';

type Handle = (request: HttpRequest, reply: HttpReply) => Promise<void>;

/** Told of a fault that was answered 503, with the request's id: nobody else knows why. */
export type OnFault = (fault: Fault, requestId: string) => void;

/**
 * For handlers that ask a dependency: one that is away, slow or being rebuilt is a 503 that invites a retry, anything
 * else that is thrown stays an internal error.
 */
export function reading(onFault: OnFault, handle: Handle): Handle {
  return async (request, reply) => {
    try {
      await handle(request, reply);
    } catch (error) {
      if (!isFault(error) || !(error.retryable || error.code === 'fenced')) throw error;
      sendProblem(reply, error.code === 'fenced' ? 'recovering' : 'unavailable', request.requestId);
      onFault(error, request.requestId);
    }
  };
}

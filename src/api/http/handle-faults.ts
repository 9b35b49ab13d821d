import { type Fault, isFault } from '../../domain/errors.ts';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import { sendProblem } from './problem.ts';

type Handle = (request: HttpRequest, reply: HttpReply) => Promise<void>;

/** Receives each fault that was answered 503, with the request's id, to log it: the answer does not say the cause. */
export type OnFault = (fault: Fault, requestId: string) => void;

/**
 * For handlers that call a dependency: one that is unavailable, slow or being rebuilt is answered 503 with Retry-After;
 * anything else that is thrown stays an internal error.
 */
export function handleFaults(onFault: OnFault, handle: Handle): Handle {
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

import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../domain/errors.ts';

export interface Delivery {
  readonly url: string;
  readonly body: string;
  /** The header with the signature, computed for each try because it contains the time. */
  readonly sign: () => string;
  readonly fetch: typeof fetch;
}

// The buyer waits for it, and the front ends a request after 10 s: all tries together take at most 3.1 s.
const TRY_WITHIN_MS = 900;
const PAUSES_MS = [100, 300] as const;

/**
 * Posts a message until it is accepted (2xx), at most three times. Resolves with true if it was accepted, false if all
 * tries were in vain. Errors: Fault `unavailable` if no try reached the receiver.
 */
export async function deliver(delivery: Delivery): Promise<boolean> {
  let reached = false;
  let cause: unknown;
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    try {
      const status = await post(delivery);
      if (status >= 200 && status < 300) return true;
      reached = true;
    } catch (error) {
      // A message without an answer in time may have been received all the same.
      if (error instanceof DOMException && error.name === 'TimeoutError') reached = true;
      cause = error;
    }
    if (pauseMs !== undefined) await delay(pauseMs);
  }
  if (reached) return false;
  throw new Fault('unavailable', 'the payment webhook is unreachable', { cause });
}

async function post({ url, body, sign, fetch }: Delivery): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'floodgate-signature': sign() },
    body,
    // A signed message must not be sent to another address.
    redirect: 'manual',
    signal: AbortSignal.timeout(TRY_WITHIN_MS),
  });
  // The connection can be reused only after the body was read to its end.
  await response.arrayBuffer();
  return response.status;
}

import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../domain/errors.ts';

export interface Delivery {
  readonly url: string;
  readonly body: string;
  /** The signature's header, made anew for each try: its time is part of it. */
  readonly sign: () => string;
  readonly fetch: typeof fetch;
}

// The buyer waits for it, and the front answers for a handler after 10 s: all tries together take 3.1 s at the most.
const TRY_WITHIN_MS = 900;
const PAUSES_MS = [100, 300] as const;

/**
 * Posts a message until somebody takes it (2xx), three times at the most. Resolves true when it was taken, false when
 * it was given up. Errors: Fault `unavailable` when not one try got through to anybody.
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
      // One that got no answer in time may have been heard all the same.
      if (error instanceof DOMException && error.name === 'TimeoutError') reached = true;
      cause = error;
    }
    if (pauseMs !== undefined) await delay(pauseMs);
  }
  if (reached) return false;
  throw new Fault('unavailable', 'the payment webhook could not be reached', { cause });
}

async function post({ url, body, sign, fetch }: Delivery): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'floodgate-signature': sign() },
    body,
    // A signed message goes where it was addressed to, and nowhere else.
    redirect: 'manual',
    signal: AbortSignal.timeout(TRY_WITHIN_MS),
  });
  // Read to its end, or the connection could not be used again.
  await response.arrayBuffer();
  return response.status;
}

import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../simulator/core/random.ts';
import { type Answer, createClient } from '../support/http-client.ts';
import type { Notebook } from './notebook.ts';

export interface RefunderOptions {
  readonly port: number;
  readonly seed: number;
  readonly token: string;
  readonly notebook: Notebook;
}

export interface Refunder {
  /** Resolves when the last refund has a definite answer. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 6000;
const PAUSE_MS = [100, 900] as const;
const RETRY_MS = 200;
/** Share of refunds of a part, and of those of all that return the tickets. */
const PARTS = 0.4;
const RETURNS = 0.5;
/** Share of refunds that are requested again with their key. */
const REPEATED = 0.3;
/** In minor units; some parts exceed what is left. */
const MOST = 8_000;

/** Gives back orders that were paid, each request until it has a definite answer, and some again with the same key. */
export function startRefunder({ port, seed, token, notebook }: RefunderOptions): Refunder {
  const client = createClient(port, 1, { timeoutMs: PATIENCE_MS });
  const random = new Random(seed);
  const stopping = new AbortController();
  let keys = 0;

  const until = async (orderId: string, body: object, key: string): Promise<Answer> => {
    for (;;) {
      const path = `/v1/admin/orders/${orderId}/refund`;
      const answer = await client
        .call('POST', path, token, body, { 'idempotency-key': key })
        .catch((): Answer | undefined => undefined);
      notebook.count(`refund: ${answer?.status ?? 'no answer'}`);
      if (answer !== undefined && answer.status !== 503) return answer;
      await delay(RETRY_MS);
    }
  };

  const refund = async (id: string): Promise<void> => {
    keys += 1;
    const key = `refund-${keys}`;
    const amount = random.chance(PARTS) ? { amount: random.integer(1, MOST) } : {};
    const body = { reason: 'chaos', returnTickets: !('amount' in amount) && random.chance(RETURNS), ...amount };
    const answer = await until(id, body, key);
    notebook.refund(id, key, answer);
    if (random.chance(REPEATED)) notebook.refund(id, key, await until(id, body, key));
  };

  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Rejects when it is to stop, which ends the loop.
      await delay(random.between(...PAUSE_MS), undefined, { signal: stopping.signal }).catch(() => undefined);
      const paid = notebook.clicks.flatMap(({ end, order }) => (end === 'paid' && order ? [order.id] : []));
      if (!stopping.signal.aborted && paid.length > 0) await refund(random.pick(paid));
    }
  };

  const done = rounds();
  return {
    stop: async () => {
      stopping.abort();
      await done;
      client.close();
    },
  };
}

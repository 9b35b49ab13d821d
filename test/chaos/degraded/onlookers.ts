import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '../../support/http-client.ts';
import type { Notebook } from '../notebook.ts';
import type { Answers, Asked } from './answers.ts';

export interface OnlookerOptions {
  readonly port: number;
  readonly saleId: string;
  readonly tokenOf: (userId: string, role?: 'buyer' | 'admin') => string;
  readonly notebook: Notebook;
  readonly answers: Answers;
}

/** Longer than a front takes for any answer (10 s): a request without one by then hangs. */
export const PATIENCE_MS = 12_000;
const EVERY_MS = 50;
/** Requests at once of each kind; several, because a breaker needs a minimum of calls a second. */
const LANES = 4;

/** Requests of people who don't buy: the sale, all sales, the newest order, and an admin's report. Returns a function that ends them. */
export function startOnlookers({ port, saleId, tokenOf, notebook, answers }: OnlookerOptions): () => Promise<void> {
  const client = createClient(port, 4 * LANES, { timeoutMs: PATIENCE_MS });
  let stopped = false;
  const newestOrder = () => {
    const click = notebook.clicks.findLast(({ order }) => order !== undefined);
    return click && client.get(`/v1/orders/${click.order?.id}`, tokenOf(click.userId));
  };
  const looks: Readonly<Partial<Record<Asked, () => ReturnType<typeof client.get> | undefined>>> = {
    page: () => client.get(`/v1/sales/${saleId}`),
    list: () => client.get('/v1/sales'),
    order: newestOrder,
    report: () => client.get(`/v1/admin/sales/${saleId}/report`, tokenOf('boss', 'admin')),
  };
  const lane = async (asked: Asked, look: () => ReturnType<typeof client.get> | undefined): Promise<void> => {
    while (!stopped) {
      const sentAt = performance.now();
      const looking = look();
      if (looking !== undefined) {
        answers.add(asked, await looking.catch(() => undefined), performance.now() - sentAt);
      }
      await delay(EVERY_MS);
    }
  };
  const lanes = Object.entries(looks).flatMap(([asked, look]) =>
    Array.from({ length: LANES }, () => lane(asked as Asked, look)),
  );
  return async () => {
    stopped = true;
    await Promise.all(lanes);
    client.close();
  };
}

import type { OrderJson, ProblemJson } from '../../src/client/index.ts';
import type { SaleJson } from './sale-json.ts';
import type { Attempt } from './session.ts';

export type ApiAnswer<T> =
  | { readonly ok: true; readonly status: number; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly body: ProblemJson };

export interface Api {
  sales(): Promise<readonly SaleJson[]>;
  orders(token: string): Promise<ApiAnswer<{ readonly items: readonly OrderJson[] }>>;
  order(token: string, orderId: string): Promise<ApiAnswer<OrderJson>>;
  /** Errors: NotSent while the browser is offline. */
  purchase(token: string, saleId: string, attempt: Attempt): Promise<ApiAnswer<OrderJson>>;
  act(token: string, orderId: string, action: 'pay' | 'cancel'): Promise<ApiAnswer<OrderJson>>;
}

/** The request was not sent: nothing was done. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** Pages of sales to read. A shop with more sales needs a search, not a longer list. */
const PAGES = 5;

/** Longer than the server's own time limit. */
const ANSWER_WITHIN_MS = 15_000;

/** The HTTP calls of the page. They reject when there is no answer or it is not JSON. */
export function createApi(): Api {
  async function call<T>(path: string, init: RequestInit = {}): Promise<ApiAnswer<T>> {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const body: unknown = await response.json();
    const { ok, status } = response;
    return { ok, status, body } as ApiAnswer<T>;
  }
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

  return {
    sales: async () => {
      const all: SaleJson[] = [];
      let cursor = '';
      for (let page = 0; page < PAGES; page += 1) {
        const answer = await call<{ readonly items: readonly SaleJson[]; readonly nextCursor?: string }>(
          `/v1/sales?limit=100${cursor && `&cursor=${cursor}`}`,
        );
        if (!answer.ok) throw new Error(answer.body.detail);
        all.push(...answer.body.items);
        cursor = answer.body.nextCursor ?? '';
        if (cursor === '') break;
      }
      return all;
    },
    orders: (token) => call('/v1/orders?limit=50', bearer(token)),
    order: (token, orderId) => call(`/v1/orders/${orderId}`, bearer(token)),
    purchase: async (token, saleId, { key, quantity }) => {
      if (!navigator.onLine) throw new NotSent('the browser is offline');
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      };
      return call(`/v1/sales/${saleId}/purchases`, { method: 'POST', headers, body: JSON.stringify({ quantity }) });
    },
    act: (token, orderId, action) => call(`/v1/orders/${orderId}/${action}`, { ...bearer(token), method: 'POST' }),
  };
}

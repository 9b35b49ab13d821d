import { type LiveClientOptions, LiveConnection } from './live-connection.ts';
import type { OrderJson } from './protocol.ts';
import { type PurchaseAnswer, PurchaseUnanswered } from './purchases.ts';
import { randomKey } from './random-key.ts';
import type { LiveState } from './reconnecting-socket.ts';
import type { ProblemListener, StockListener } from './stocks.ts';

export interface PurchaseOptions {
  /** The same key never buys twice. @default a new one */
  readonly idempotencyKey?: string;
  /** How many tickets: all of them or none. @default 1 */
  readonly quantity?: number;
  /** How long to keep trying. @default 30,000 ms */
  readonly timeoutMs?: number;
}

export interface LiveClient {
  readonly state: LiveState;
  /**
   * The server's clock, milliseconds since 1970, independent of the machine's own; undefined before the first connection.
   */
  now(): number | undefined;
  /**
   * Reports the stock of a sale: at once if it is known, then on each change, across reconnects. Returns a function that
   * ends the subscription. `onProblem` is called when the server refuses it: no such sale, or too many subscriptions.
   */
  subscribe(saleId: string, onStock: StockListener, onProblem?: ProblemListener): () => void;
  /**
   * Buys tickets, in one order. Resolves with the server's answer, success or refusal. If the connection breaks before the answer, the
   * purchase is sent again on the next connection with the same key. Errors: PurchaseUnanswered (outcome unknown, or not sent) after
   * `timeoutMs` or close().
   */
  purchase(saleId: string, options?: PurchaseOptions): Promise<PurchaseAnswer>;
  /** Reports each change of the buyer's own orders, at most once: read them again after a reconnect. */
  onOrder(listener: (order: OrderJson) => void): () => void;
  /** Uses this token from now on. */
  authenticate(token: string): void;
  /** Call it when the machine woke up or is online again: connects at once, or checks the open connection with a ping. */
  wake(): void;
  close(): void;
}

/** Longer than a restart of the server takes, shorter than a buyer's patience. */
const PURCHASE_WITHIN_MS = 30_000;

/** Connects to `/v1/live` and reconnects until it is closed. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const connection = new LiveConnection(options);
  const { clock, stocks, purchases, orders, login } = connection;
  return {
    get state() {
      return connection.state;
    },
    now: () => clock.now(),
    subscribe: (saleId, onStock, onProblem) => stocks.subscribe(saleId, onStock, onProblem),
    purchase: (saleId, { idempotencyKey = randomKey(), quantity, timeoutMs = PURCHASE_WITHIN_MS } = {}) => {
      const wanted = { saleId, idempotencyKey, ...(quantity === undefined ? {} : { quantity }) };
      if (connection.state !== 'closed') return purchases.purchase(wanted, timeoutMs);
      return Promise.reject(new PurchaseUnanswered(saleId, idempotencyKey, false, 'the client is closed'));
    },
    onOrder: (listener) => orders.add(listener),
    authenticate: (token) => login.change(token),
    wake: () => connection.wake(),
    close: () => connection.close(),
  };
}

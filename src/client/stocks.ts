import { Listeners } from './listeners.ts';
import type { ProblemJson, StockFrame } from './protocol.ts';

export type StockListener = (stock: StockFrame) => void;
export type ProblemListener = (problem: ProblemJson) => void;

interface SubscribedSale {
  readonly listeners: Listeners<StockFrame>;
  readonly refused: Listeners<ProblemJson>;
  last: StockFrame | undefined;
}

export interface StocksOptions {
  /** Sends the frame if the connection is open; returns the frame's id. */
  readonly send: (type: 'subscribe' | 'unsubscribe', saleId: string) => number;
}

/** The subscribed sales with their listeners and the last frame of each. */
export class Stocks {
  readonly #options: StocksOptions;
  readonly #sales = new Map<string, SubscribedSale>();
  /** Sale ids by the ids of the frames that subscribed to them on this connection. */
  readonly #requests = new Map<number, string>();

  constructor(options: StocksOptions) {
    this.#options = options;
  }

  subscribe(saleId: string, onStock: StockListener, onProblem?: ProblemListener): () => void {
    let sale = this.#sales.get(saleId);
    if (sale === undefined) {
      sale = { listeners: new Listeners(), refused: new Listeners(), last: undefined };
      this.#sales.set(saleId, sale);
      this.#request(saleId);
    }
    const { listeners, refused, last } = sale;
    const ends = [listeners.add(onStock), ...(onProblem === undefined ? [] : [refused.add(onProblem)])];
    if (last !== undefined) onStock(last);
    return () => {
      for (const end of ends) end();
      if (listeners.size > 0 || this.#sales.get(saleId) !== sale) return;
      this.#sales.delete(saleId);
      this.#options.send('unsubscribe', saleId);
    };
  }

  /** Subscribes again: a new connection has no subscriptions. */
  connected(): void {
    this.#requests.clear();
    for (const saleId of this.#sales.keys()) this.#request(saleId);
  }

  /** Ignores a frame that is older than the last one: replies and events may overtake each other. */
  received(frame: StockFrame): void {
    const sale = this.#sales.get(frame.saleId);
    if (sale === undefined || frame.version < (sale.last?.version ?? 0)) return;
    sale.last = frame;
    sale.listeners.notify(frame);
  }

  /** Returns whether `id` was that of a subscription. */
  refused(id: number, problem: ProblemJson): boolean {
    const saleId = this.#requests.get(id);
    if (saleId === undefined) return false;
    this.#sales.get(saleId)?.refused.notify(problem);
    return true;
  }

  #request(saleId: string): void {
    this.#requests.set(this.#options.send('subscribe', saleId), saleId);
  }
}

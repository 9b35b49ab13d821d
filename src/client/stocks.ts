import { Listeners } from './listeners.ts';
import type { ProblemJson, StockFrame } from './protocol.ts';

export type StockListener = (stock: StockFrame) => void;
export type ProblemListener = (problem: ProblemJson) => void;

interface Watched {
  readonly listeners: Listeners<StockFrame>;
  readonly refused: Listeners<ProblemJson>;
  last: StockFrame | undefined;
}

export interface StocksOptions {
  /** Sends if it can and returns the frame's id. */
  readonly send: (type: 'subscribe' | 'unsubscribe', saleId: string) => number;
}

/** Which sales are watched, by whom, and the last that was heard of each. */
export class Stocks {
  readonly #options: StocksOptions;
  readonly #watched = new Map<string, Watched>();
  /** Sale ids by the subscriptions' frame ids. */
  readonly #asked = new Map<number, string>();

  constructor(options: StocksOptions) {
    this.#options = options;
  }

  subscribe(saleId: string, onStock: StockListener, onProblem?: ProblemListener): () => void {
    let watched = this.#watched.get(saleId);
    if (watched === undefined) {
      watched = { listeners: new Listeners(), refused: new Listeners(), last: undefined };
      this.#watched.set(saleId, watched);
      this.#ask(saleId);
    }
    const { listeners, refused, last } = watched;
    const ends = [listeners.add(onStock), ...(onProblem === undefined ? [] : [refused.add(onProblem)])];
    if (last !== undefined) onStock(last);
    return () => {
      for (const end of ends) end();
      if (listeners.size > 0 || this.#watched.get(saleId) !== watched) return;
      this.#watched.delete(saleId);
      this.#options.send('unsubscribe', saleId);
    };
  }

  /** A new connection knows nothing of what the last one was asked. */
  connected(): void {
    this.#asked.clear();
    for (const saleId of this.#watched.keys()) this.#ask(saleId);
  }

  /** One that is older than what is known is ignored: answers and events may overtake each other. */
  heard(frame: StockFrame): void {
    const watched = this.#watched.get(frame.saleId);
    if (watched === undefined || frame.version < (watched.last?.version ?? 0)) return;
    watched.last = frame;
    watched.listeners.tell(frame);
  }

  /** Whether `id` was a subscription's. */
  refused(id: number, problem: ProblemJson): boolean {
    const saleId = this.#asked.get(id);
    if (saleId === undefined) return false;
    this.#watched.get(saleId)?.refused.tell(problem);
    return true;
  }

  #ask(saleId: string): void {
    this.#asked.set(this.#options.send('subscribe', saleId), saleId);
  }
}

import type { StockFrame } from '../../src/client/protocol.ts';
import { LiveClient } from './live-client.ts';

export type Reply = Readonly<Record<string, unknown>> & { readonly type: string; readonly status?: number };

export interface ToldOrder {
  readonly id: string;
  readonly state: string;
}

/** A minimal client of the live protocol: requests with their replies, and the frames that the server sends unasked. */
export class LiveTalk {
  readonly stocks: StockFrame[] = [];
  readonly orders: ToldOrder[] = [];
  /** Error frames without an id. */
  readonly errors: Reply[] = [];
  readonly #asked = new Map<unknown, (reply: Reply) => void>();
  #waiting: (() => void)[] = [];
  #nextId = 0;

  private constructor(readonly client: LiveClient) {
    client.socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
  }

  /** Connects, and authenticates if there is a token. */
  static async open(port: number, token?: string): Promise<LiveTalk> {
    const talk = new LiveTalk(await LiveClient.open(port, '/v1/live'));
    if (token !== undefined) await talk.ask({ type: 'auth', token });
    return talk;
  }

  ask(frame: object): Promise<Reply> {
    this.#nextId += 1;
    const id = this.#nextId;
    this.client.send(JSON.stringify({ ...frame, id }));
    return new Promise((resolve, reject) => {
      this.#asked.set(id, resolve);
      void this.client.closed.then(({ code }) => reject(new Error(`closed with ${code} before the answer`)));
    });
  }

  /** Resolves once `ready` returns true; it is evaluated at each frame. */
  async until(ready: () => boolean): Promise<void> {
    while (!ready()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #hear(frame: Reply): void {
    if (frame.type === 'stock') this.stocks.push(frame as unknown as StockFrame);
    else if (frame.type === 'order') this.orders.push(frame.order as ToldOrder);
    else if ('id' in frame) this.#answer(frame);
    else if (frame.type === 'error') this.errors.push(frame);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #answer(reply: Reply): void {
    this.#asked.get(reply.id)?.(reply);
    this.#asked.delete(reply.id);
  }
}

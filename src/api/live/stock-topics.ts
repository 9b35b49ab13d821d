import type { LiveSocket } from '../../ports/live-socket.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { stockText } from './server-frames.ts';

export interface StockTopicsDeps {
  readonly publish: (topic: string, frame: string) => void;
  /** The first socket of this process began to look at the sale, or the last one stopped. */
  readonly onWatch: (saleId: string, watched: boolean) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Topic {
  members: number;
  last: StockFrame | undefined;
}

/** Which sales this process's sockets look at, and the last frame of each, for those who come later. */
export class StockTopics {
  readonly #topics = new Map<string, Topic>();

  constructor(private readonly deps: StockTopicsDeps) {}

  /** The sales that somebody looks at. */
  get saleIds(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** A socket that is not in yet. */
  join(socket: LiveSocket, saleId: string): void {
    socket.join(topicOf(saleId));
    const topic = this.#topics.get(saleId);
    if (topic !== undefined) {
      topic.members += 1;
      return;
    }
    this.#topics.set(saleId, { members: 1, last: undefined });
    this.deps.onWatch(saleId, true);
  }

  /** A socket that is in, or was until it was closed. */
  leave(socket: LiveSocket, saleId: string): void {
    socket.leave(topicOf(saleId));
    const topic = this.#topics.get(saleId);
    if (topic === undefined) return;
    topic.members -= 1;
    if (topic.members > 0) return;
    this.#topics.delete(saleId);
    this.deps.onWatch(saleId, false);
  }

  /** Sends what was last published, with the clock of now. The first subscriber's frame is still to come. */
  show(socket: LiveSocket, saleId: string): void {
    const last = this.#topics.get(saleId)?.last;
    if (last !== undefined) socket.send(stockText({ ...last, serverTime: this.deps.now() }));
  }

  publish(frame: StockFrame): void {
    const topic = this.#topics.get(frame.saleId);
    if (topic === undefined) return;
    topic.last = frame;
    this.deps.publish(topicOf(frame.saleId), stockText(frame));
  }
}

function topicOf(saleId: string): string {
  return `stock:${saleId}`;
}
